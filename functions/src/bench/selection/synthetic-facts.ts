import type { CandidateFacts, Question } from "../../domain/selection/decision.js";

/** A candidate with nothing against it, and no history. */
export function plainFacts(model: string, provider: string): CandidateFacts {
  return {
    model,
    provider,
    quality: "standard",
    configured: true,
    providerSwitch: "on",
    unfit: null,
    ratioDistance: 0,
    resolutionSteps: 0,
    secondsDelta: 0,
    costUsdMicros: 250_000,
    p50Seconds: 60,
    p90Seconds: 120,
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

/** Five seconds from text, nothing else wished for. */
export const plainQuestion: Question = {
  now: Date.UTC(2026, 10, 1),
  mode: "text",
  quality: "standard",
  askedSeconds: 5,
  profile: "balanced",
  maxCostUsdMicros: null,
  budgetLeftUsdMicros: null,
  deadlineAt: null,
  only: null,
  exclude: [],
  prefer: [],
  failed: [],
  traits: ["mode:text", "strategy:default", "style:none"],
};
