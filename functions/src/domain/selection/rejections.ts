/** What follows when a candidate may not be chosen, a row for each reason. */
interface Rejection {
  /**
   * Which models are on offer at all, what they can make, or how things stand: what this job has
   * tried, health, money and time.
   */
  readonly about: "offer" | "shape" | "state";
  /** Does it pass by itself, without anybody asking for something else or changing the installation? */
  readonly passes: boolean;
  /** When the candidate may be asked again, where that is known. */
  readonly retryAt: (candidate: RetryFacts, now: number) => number | null;
}

interface RetryFacts {
  /** When its circuit lets a start through again; `null` when only an administrator can. */
  readonly retryAt: number | null;
  readonly p50Seconds: number;
}

const unknown = () => null;

/** Exactly one is reported, the first in this order: what cannot be comes before what cannot be now. */
export const rejections = {
  not_selected: { about: "offer", passes: false, retryAt: unknown },
  excluded: { about: "offer", passes: false, retryAt: unknown },
  kind_unsupported: { about: "shape", passes: false, retryAt: unknown },
  model_ended: { about: "shape", passes: false, retryAt: unknown },
  audio_unsupported: { about: "shape", passes: false, retryAt: unknown },
  references_unsupported: { about: "shape", passes: false, retryAt: unknown },
  text_too_long: { about: "shape", passes: false, retryAt: unknown },
  text_too_short: { about: "shape", passes: false, retryAt: unknown },
  ratio_unsupported: { about: "shape", passes: false, retryAt: unknown },
  resolution_unsupported: { about: "shape", passes: false, retryAt: unknown },
  duration_unsupported: { about: "shape", passes: false, retryAt: unknown },
  not_exact: { about: "shape", passes: false, retryAt: unknown },
  price_unknown: { about: "state", passes: false, retryAt: unknown },
  over_max_cost: { about: "state", passes: false, retryAt: unknown },
  deadline_unreachable: { about: "state", passes: false, retryAt: unknown },
  key_missing: { about: "offer", passes: false, retryAt: unknown },
  provider_off: { about: "offer", passes: false, retryAt: unknown },
  provider_draining: { about: "offer", passes: false, retryAt: unknown },
  already_failed: { about: "state", passes: false, retryAt: unknown },
  circuit_isolated: { about: "state", passes: false, retryAt: unknown },
  circuit_open: { about: "state", passes: true, retryAt: ({ retryAt }) => retryAt },
  trial_taken: {
    about: "state",
    passes: true,
    // A trial is usually decided when its generation has finished, long before its right runs out.
    retryAt: ({ retryAt, p50Seconds }, now) =>
      Math.min(retryAt ?? Number.POSITIVE_INFINITY, now + p50Seconds * 1_000),
  },
  concurrency_reached: {
    about: "state",
    passes: true,
    // A full model is expected to have a free place when one of its jobs has run half its time.
    retryAt: ({ p50Seconds }, now) => now + (p50Seconds * 1_000) / 2,
  },
  over_credit_worth: { about: "state", passes: false, retryAt: unknown },
  balance_too_low: { about: "state", passes: false, retryAt: unknown },
  budget_exceeded: { about: "state", passes: true, retryAt: unknown },
} as const satisfies Record<string, Rejection>;

export type RejectionReason = keyof typeof rejections;

export function rejection(reason: RejectionReason): Rejection {
  return rejections[reason];
}
