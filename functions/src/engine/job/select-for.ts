import type { Budget } from "../../domain/accounting/budget.js";
import type { RequestError } from "../../domain/errors.js";
import { type Caller, deadlineMs } from "../../domain/job/new-job.js";
import { profileOf } from "../../domain/policy/policy.js";
import type { JobRequest } from "../../domain/request/scene.js";
import { requestOfModels, selectRequest } from "../../domain/selection/composite.js";
import type { Selection, Snapshot } from "../../domain/selection/selection.js";
import { budgetContext, budgetRefusal, missingBudget } from "../budgets.js";
import type { Deps } from "../deps.js";
import { noCandidateError } from "./no-candidate.js";

/** The selection that a new request would get now. Writes nothing and asks no provider. */
export function selectFor(
  deps: Deps,
  caller: Caller,
  request: JobRequest,
  snapshot: Snapshot,
  now: number,
  budgets: readonly Budget[] = [],
): Selection {
  return selectRequest(deps, request, snapshot, {
    now,
    profile: profileOf(caller.tier, snapshot.policy),
    deadlineAt: now + deadlineMs(request, snapshot.policy),
    failed: [],
    ...budgetContext(budgets),
  });
}

/** Why nobody takes a request now. */
export function refusalOf(
  deps: Deps,
  request: JobRequest,
  selection: Selection,
  budgets: readonly Budget[],
): RequestError {
  const missing =
    selection.record.decision.retryAt === null ? missingBudget(selection.record, budgets) : undefined;
  return missing === undefined
    ? noCandidateError(deps.catalogue, requestOfModels(request, selection), selection)
    : budgetRefusal(missing);
}
