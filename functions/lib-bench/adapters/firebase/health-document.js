import { emptyHealth } from "../../domain/health.js";
import { defaultPolicy, policySchema } from "../../domain/policy.js";
import { snapshotDocument } from "./paths.js";
/** `state/snapshot`: the policy and the health of every provider, read together by every decision. */
export async function readSnapshot(db, log) {
    const read = await snapshotDocument(db).get();
    return {
        policy: toPolicy(read, log),
        // Written by `HealthStore` and by nothing else; a missing part is one that is newer than the document.
        health: { ...emptyHealth, ...read.get("health") },
        updateTime: read.updateTime,
    };
}
/** A policy that cannot be read must not stop every video, so the built-in one takes its place. */
function toPolicy(read, log) {
    const stored = read.get("policy");
    if (stored === undefined)
        return defaultPolicy;
    const parsed = policySchema.safeParse(stored);
    if (parsed.success)
        return parsed.data;
    const [issue] = parsed.error.issues;
    log.error("policy.unreadable", { path: issue?.path.join("."), reason: issue?.message });
    return defaultPolicy;
}
//# sourceMappingURL=health-document.js.map