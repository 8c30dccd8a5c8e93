import { audit } from "../../engine/admin/audit.js";
import { checkJobs } from "../../engine/admin/check-jobs.js";
import { adminCallable } from "./callable.js";
import { batchCheckInput } from "./inputs.js";

/** Asks the providers about many jobs now. Safe beside the normal polls; a second run changes nothing. */
export const adminBatchStatusCheck = adminCallable(
  batchCheckInput,
  async (deps, { caller, input: { jobIds, status, limit } }) => {
    const report = await checkJobs(deps, {
      limit,
      ...(jobIds === undefined ? {} : { jobIds }),
      ...(status === undefined ? {} : { status }),
    });
    const { checked, advanced, failed } = report;
    await audit(deps, caller.uid, "jobs.checked", "videoJobs", { checked, advanced, failed });
    return report;
  },
  { timeoutSeconds: 540 },
);
