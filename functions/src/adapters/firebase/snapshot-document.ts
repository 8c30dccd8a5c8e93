import type { Firestore, Timestamp } from "firebase-admin/firestore";
import { emptyHealth } from "../../domain/health/health.js";
import { defaultPolicy, type Policy, policySchema } from "../../domain/policy/policy.js";
import type { Snapshot } from "../../domain/selection/selection.js";
import type { Logger } from "../../engine/ports/logger.js";
import { snapshotDocument } from "./paths.js";

export interface StoredSnapshot extends Required<Snapshot> {
  /** Absent while nobody has written the document. */
  readonly updateTime: Timestamp | undefined;
}

/** `state/snapshot`: the policy and the health of every provider, read together by every decision. */
export async function readSnapshot(db: Firestore, log: Logger): Promise<StoredSnapshot> {
  const read = await snapshotDocument(db).get();
  const { policy, health, shadow } = read.data() ?? {};
  return {
    policy: toPolicy(policy, log) ?? defaultPolicy,
    health: health ?? emptyHealth,
    shadow: toPolicy(shadow, log),
    updateTime: read.updateTime,
  };
}

/** A policy that cannot be read must not stop every video; the built-in one takes the place of a live one. */
function toPolicy(stored: unknown, log: Logger): Policy | null {
  if (stored === undefined || stored === null) return null;
  const parsed = policySchema.safeParse(stored);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  log.error("policy.unreadable", { path: issue?.path.join("."), reason: issue?.message });
  return null;
}
