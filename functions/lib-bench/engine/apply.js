import { commit } from "./commit.js";
import { deliver } from "./deliver.js";
/** Commits an event and then does what the new state asks for. */
export async function apply(deps, jobId, event) {
    const job = await commit(deps, jobId, event);
    if (job !== null)
        await deliver(deps, job);
    return job;
}
//# sourceMappingURL=apply.js.map