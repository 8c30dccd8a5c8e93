import { type Attempt, type Job, openStart } from "../domain/job.js";
import { exhaustedModels } from "../domain/job-outcome.js";
import { type Selection, select } from "../domain/selection.js";
import { admit, withCircuit } from "./admission.js";
import { apply } from "./apply.js";
import { commit } from "./commit.js";
import type { Deps } from "./ports.js";
import { sendStart } from "./send-start.js";
import { profileOf } from "./submit-job.js";

/**
 * How long whoever claims a start may stay silent before somebody else looks after it. Shorter than
 * the longest call, which is safe: a start with a key may be repeated, and one without becomes
 * ambiguous until its answer arrives after all.
 */
const leaseMs = 30_000;

/** Brings a queued job to a provider: chooses, writes the attempt down, and only then pays. */
export async function startJob(deps: Deps, jobId: string): Promise<void> {
  const job = await deps.jobs.get(jobId);
  if (job === null || job.status !== "queued") return;
  if (deps.now() >= job.deadlineAt) {
    await apply(deps, jobId, { type: "deadline_passed" });
    return;
  }
  const open = openStart(job);
  if (open !== undefined) await resumeStart(deps, job, open);
  else await startNext(deps, job);
}

/** Somebody claimed a start and did not come back. */
async function resumeStart(deps: Deps, job: Job, attempt: Attempt): Promise<void> {
  const now = deps.now();
  if (now < attempt.leaseUntil) return;
  if (attempt.state === "ambiguous") {
    await apply(deps, job.id, { type: "ambiguity_expired", attempt: attempt.number });
    return;
  }
  if (deps.providers.get(attempt.provider)?.startGuard !== "idempotent") {
    await apply(deps, job.id, { type: "start_unanswered", attempt: attempt.number, resendable: false });
    return;
  }
  const claimed = await commit(deps, job.id, {
    type: "start_resent",
    attempt: attempt.number,
    leaseUntil: now + leaseMs,
  });
  if (claimed !== null) await sendStart(deps, claimed, attempt);
}

async function startNext(deps: Deps, job: Job): Promise<void> {
  const selection = await choose(deps, job);
  const { winner, record } = selection;
  if (winner === null) {
    const { retryAt } = record.decision;
    const waits = retryAt !== null && retryAt < job.deadlineAt;
    await apply(
      deps,
      job.id,
      waits ? { type: "start_postponed", until: retryAt } : { type: "start_impossible" },
    );
    return;
  }
  const number = job.attempts.length + 1;
  const claimed = await commit(deps, job.id, {
    type: "start_claimed",
    leaseUntil: deps.now() + leaseMs,
    attempt: {
      number,
      provider: winner.model.provider,
      model: winner.model.id,
      idempotencyKey: `${job.id}:a${number}`,
      plan: winner.plan,
      adjustments: winner.adjustments,
      decision: record,
      typical: { p50Seconds: winner.p50Seconds, p90Seconds: winner.p90Seconds },
      estimatedCostUsdMicros: winner.costUsdMicros,
    },
  });
  const attempt = claimed?.attempts[number - 1];
  if (claimed !== null && attempt !== undefined) await sendStart(deps, claimed, attempt);
}

/**
 * The best candidate that lets us in: a half-open circuit admits one trial among all instances. Who
 * is refused there chooses again with that circuit as it is, so that the job waits for it if it must.
 */
async function choose(deps: Deps, job: Job): Promise<Selection> {
  let snapshot = await deps.health.snapshot();
  for (;;) {
    const selection = select(deps.catalogue, job.request, snapshot, {
      now: deps.now(),
      profile: profileOf(job.tier, snapshot.policy),
      deadlineAt: job.deadlineAt,
      failed: exhaustedModels(job),
      budgetLeftUsdMicros: null,
    });
    const { winner } = selection;
    const refusing = winner === null ? null : await admit(deps, snapshot, winner.model, job.id);
    if (refusing === null) return selection;
    snapshot = withCircuit(snapshot, refusing);
  }
}
