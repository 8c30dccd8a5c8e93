import { RequestError } from "../../domain/errors.js";
import { canonicalJson } from "../../domain/hash.js";
import type { Policy } from "../../domain/policy.js";

/**
 * Decisions name the version of the policy they were made with, so a version that was published
 * never changes. Publishing it again as it is makes it the current one again. Throws `RequestError`.
 */
export function checkPublished(published: Policy | null, next: Policy): void {
  if (published === null || canonicalJson(published) === canonicalJson(next)) return;
  throw new RequestError(
    "already_exists",
    `version: ${next.version} was published with other values; choose a higher number`,
    { field: "version", version: next.version },
  );
}
