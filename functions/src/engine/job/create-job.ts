import { BudgetExceeded } from "../../domain/accounting/budget.js";
import { firstLines } from "../../domain/job/budget-lines.js";
import type { Job } from "../../domain/job/job.js";
import { holdEntry } from "../../domain/job/new-job.js";
import type { Policy } from "../../domain/policy/policy.js";
import { announce, budgetRefusal } from "../budgets.js";
import type { Deps } from "../deps.js";
import { deliver } from "../outbox.js";
import type { Created } from "../ports/job-store.js";

/** Writes a job with its hold and sends it on its way, unless its id is taken. Throws `RequestError`. */
export async function createJob(deps: Deps, fresh: Job, policy: Policy): Promise<Created> {
  const { startsPerUserPerMinute } = policy.limits;
  try {
    const result = await deps.jobs.create(
      fresh,
      holdEntry(fresh),
      startsPerUserPerMinute,
      firstLines(fresh, policy),
    );
    if (!result.created) return result;
    const { id, uid, request, heldCredits } = result.job;
    deps.log.info("job.submitted", { jobId: id, uid, kind: request.kind, credits: heldCredits });
    announce(deps, result.nearing);
    await deliver(deps, result.job);
    return result;
  } catch (error) {
    throw error instanceof BudgetExceeded ? budgetRefusal(error) : error;
  }
}
