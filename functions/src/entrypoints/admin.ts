import { checkJobs } from "../engine/admin/check-jobs.js";
import { adminCallable } from "./callable.js";
import { batchCheckInput } from "./inputs.js";

/** Asks the providers about many jobs now. Safe beside the normal polls; a second run changes nothing. */
export const adminBatchStatusCheck = adminCallable(
  batchCheckInput,
  async (deps, { caller, input: { jobIds, status, limit } }) => {
    return checkJobs(deps, caller.uid, {
      limit,
      ...(jobIds === undefined ? {} : { jobIds }),
      ...(status === undefined ? {} : { status }),
    });
  },
  { timeoutSeconds: 540 },
);
