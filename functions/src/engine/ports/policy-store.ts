import type { Policy } from "../../domain/policy/policy.js";
import type { PublishedPolicy } from "../../domain/policy/publication.js";

/** What decisions are made by, and every version of it. The live one is read with `deps.snapshot()`. */
export interface PolicyStore {
  /** Makes a policy the live one and keeps it under its version. Throws `RequestError` when that is taken. */
  publish(published: PublishedPolicy): Promise<void>;
  /** Version 0 is the built-in policy; `null` when nobody published this one. */
  version(version: number): Promise<PublishedPolicy | null>;
  /** What was published, newest first. */
  list(limit: number): Promise<PublishedPolicy[]>;
  /** A policy to be watched beside the live one; `null` ends that. */
  setShadow(policy: Policy | null): Promise<void>;
}
