import type { CompositePlan } from "../selection/composite-plan.js";
import type { Attempt, AttemptState, Effect, Job, NextStep } from "./job.js";

/** An attempt as earlier versions wrote it, until 2026-11-30. */
export interface EarlierAttempt extends Omit<Attempt, "state"> {
  readonly state: AttemptState | "abandoned";
  /** A job that is made of parts had one attempt, at a provider that there is not. */
  readonly composite?: CompositePlan;
}

export interface EarlierJob extends Omit<Job, "attempts"> {
  readonly attempts: readonly EarlierAttempt[];
}

/**
 * A job of an earlier version as this one has it: everything that was under way is carried to its end.
 * What needs no upgrade is returned as it is.
 */
export function upgradeJob(earlier: EarlierJob): Job {
  const composite = earlier.attempts.find(isComposite);
  const attempts = earlier.attempts.filter((attempt) => !isComposite(attempt)).map(upgradeAttempt);
  const job = { ...earlier, attempts };
  return composite === undefined ? job : withoutComposite(job, composite);
}

function isComposite({ composite }: EarlierAttempt): boolean {
  return composite !== undefined;
}

/** `abandoned` stood for four situations, which other fields told apart. */
function upgradeAttempt(earlier: EarlierAttempt): Attempt {
  const { composite, state, ...attempt } = earlier;
  if (state !== "abandoned") return { ...attempt, state };
  if (attempt.operation === null) {
    return { ...attempt, state: attempt.costUsdMicros === null ? "unanswered" : "written_off" };
  }
  return { ...attempt, state: attempt.endedAt === null ? "given_up" : "lost" };
}

/** Its parts are jobs of their own and need nothing: their names follow from the whole. */
function withoutComposite(job: Job, attempt: EarlierAttempt): Job {
  const { steps = [], parts = [] } = job.composition ?? {};
  const { adjustments, typical, storeTries, storeTrouble, costUsdMicros, composite: plan } = attempt;
  const isOpen = job.status === "queued" || job.status === "generating";
  return {
    ...job,
    status: isOpen ? "generating" : job.status,
    next: isOpen ? { step: "advance", dueAt: job.updatedAt } : withoutAttempt(job.next),
    outbox: job.outbox.map((effect) => upgradeEffect(job.id, effect)),
    composition: {
      ...(plan === undefined ? {} : { plan }),
      estimate: {
        plannedAt: attempt.createdAt,
        adjustments,
        costUsdMicros: attempt.estimatedCostUsdMicros,
        ...typical,
      },
      steps,
      parts,
      ...(attempt.state === "succeeded" && attempt.endedAt !== null ? { readyAt: attempt.endedAt } : {}),
      ...(costUsdMicros === null ? {} : { costUsdMicros }),
      ...(storeTrouble === undefined ? {} : { storing: { tries: storeTries, trouble: storeTrouble } }),
    },
  };
}

function withoutAttempt(next: NextStep | null): NextStep | null {
  return next?.step === "store" ? { ...next, attempt: null } : next;
}

function upgradeEffect(jobId: string, effect: Effect): Effect {
  return effect.type === "cancel_operation" ? { id: `${jobId}:stop_parts`, type: "stop_parts" } : effect;
}
