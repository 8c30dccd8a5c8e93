import type { CandidateFacts, Question } from "../selection/decision.js";

export const now = Date.UTC(2026, 10, 21);

export const exampleQuestion: Question = {
  now,
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

/** A candidate that nothing speaks against, with any fact changed. */
export function exampleFacts(changes: Partial<CandidateFacts> = {}): CandidateFacts {
  const provider = changes.provider ?? "acme";
  return {
    model: `${provider}:clip-1`,
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
    retryAt: now,
    running: 0,
    allowed: null,
    balanceUsdMicros: null,
    priority: 1,
    affinities: {},
    ...changes,
  };
}
