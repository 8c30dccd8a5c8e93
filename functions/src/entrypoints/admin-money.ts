import { checkCreditsNow } from "../engine/admin/check-now.js";
import { grantCredits } from "../engine/admin/grant-credits.js";
import { pauseStarts } from "../engine/admin/manage-providers.js";
import { reportDrift } from "../engine/admin/report-drift.js";
import { listUnresolved, resolveAmbiguous } from "../engine/admin/resolve-ambiguous.js";
import { retryJob } from "../engine/admin/retry-job.js";
import {
  driftInput,
  grantInput,
  listAmbiguousInput,
  pauseInput,
  redriveInput,
  resolveInput,
} from "./admin-money-inputs.js";
import { adminCallable } from "./callable.js";
import { noInput } from "./inputs.js";

/** Idempotent by `requestId`. */
export const adminGrantCredits = adminCallable(grantInput, (deps, { caller, input }) =>
  grantCredits(deps, caller.uid, input),
);

/** Starts of which nobody knows whether they were paid. */
export const adminListAmbiguous = adminCallable(listAmbiguousInput, async (deps, { input }) => ({
  attempts: await listUnresolved(deps, input.limit),
}));

export const adminResolveAmbiguous = adminCallable(resolveInput, async (deps, { caller, input }) => {
  const { jobId, attempt, resolution } = input;
  const job = await resolveAmbiguous(deps, caller.uid, { jobId, attempt, verdict: resolution });
  return { jobId, status: job.status, attempt: job.attempts[attempt - 1]?.state ?? null };
});

/** Bills against the price table. Only reads. */
export const adminDrift = adminCallable(driftInput, (deps, { input }) => reportDrift(deps, input.attempts));

/** The daily check of every account, now. Only reads. */
export const adminCheckCredits = adminCallable(
  noInput,
  (deps, { caller }) => checkCreditsNow(deps, caller.uid),
  { timeoutSeconds: 540 },
);

/** Starts a failed job again, as a new one. */
export const adminRedrive = adminCallable(redriveInput, async (deps, { caller, input }) => {
  const { id, status, heldCredits } = await retryJob(deps, caller.uid, input.jobId);
  return { jobId: id, status, heldCredits };
});

/** Holds back new paid starts; running work finishes. */
export const adminPause = adminCallable(pauseInput, (deps, { caller, input }) =>
  pauseStarts(deps, caller.uid, input.provider, input.paused),
);
