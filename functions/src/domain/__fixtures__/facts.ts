import { type CandidateFacts, noConditions, plainFacts, type Question } from "../selection/decision.js";

export const now = Date.UTC(2026, 10, 21);

export const exampleQuestion: Question = {
  now,
  mode: "text",
  quality: "standard",
  askedSeconds: 5,
  profile: "balanced",
  ...noConditions,
  traits: ["mode:text", "strategy:default", "style:none"],
};

/** A candidate that nothing speaks against, with any fact changed. */
export function exampleFacts(changes: Partial<CandidateFacts> = {}): CandidateFacts {
  const provider = changes.provider ?? "acme";
  const told = {
    model: `${provider}:clip-1`,
    provider,
    costUsdMicros: 250_000,
    p50Seconds: 60,
    p90Seconds: 120,
  };
  return { ...plainFacts(told), retryAt: now, ...changes };
}
