import type { CandidateFacts, Question } from "./decision.js";

/** A question that any candidate may answer. */
export const noConditions = {
  maxCostUsdMicros: null,
  budgetLeftUsdMicros: null,
  deadlineAt: null,
  only: null,
  exclude: [],
  prefer: [],
  failed: [],
} as const satisfies Partial<Question>;

type Told = Pick<CandidateFacts, "model" | "provider" | "costUsdMicros" | "p50Seconds" | "p90Seconds">;

/** A candidate that nothing speaks against and that has no history. */
export function plainFacts(told: Told): CandidateFacts {
  return {
    ...told,
    quality: "standard",
    configured: true,
    providerSwitch: "on",
    unfit: null,
    ratioDistance: 0,
    resolutionSteps: 0,
    secondsDelta: 0,
    successes: 0,
    failures: 0,
    circuit: "closed",
    retryAt: null,
    running: 0,
    allowed: null,
    balanceUsdMicros: null,
    priority: 1,
    affinities: {},
  };
}
