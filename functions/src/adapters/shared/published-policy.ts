import { RequestError } from "../../domain/errors.js";
import { canonicalJson } from "../../domain/hash.js";
import type { PublishedPolicy } from "../../domain/policy/publication.js";

/**
 * Decisions name the version of the policy they were made with, so a version that was published
 * never changes. The same publication again is a repetition, and harmless. Throws `RequestError`.
 */
export function checkPublished(there: PublishedPolicy | null, next: PublishedPolicy): void {
  if (there === null || canonicalJson(there) === canonicalJson(next)) return;
  const { version } = next.policy;
  throw new RequestError(
    "already_exists",
    `version: ${version} was published by somebody else meanwhile; look at it and publish again`,
    { field: "version", version },
  );
}
