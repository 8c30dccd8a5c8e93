import { checkJobs } from "../engine/check-jobs.js";
import { adminCallable } from "./callable.js";
import { batchCheckInput } from "./inputs.js";
/** Asks the providers about many jobs now. Safe beside the normal polls; a second run changes nothing. */
export const adminBatchStatusCheck = adminCallable(batchCheckInput, async (deps, { input: { jobIds, status, limit } }) => checkJobs(deps, {
    limit,
    ...(jobIds === undefined ? {} : { jobIds }),
    ...(status === undefined ? {} : { status }),
}), { timeoutSeconds: 540 });
//# sourceMappingURL=admin.js.map