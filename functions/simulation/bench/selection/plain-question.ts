import { noConditions, type Question } from "../../../src/domain/selection/decision.js";

/** Five seconds from text, nothing else wished for. */
export const plainQuestion: Question = {
  now: Date.UTC(2026, 10, 1),
  mode: "text",
  quality: "standard",
  askedSeconds: 5,
  profile: "balanced",
  ...noConditions,
  traits: ["mode:text", "strategy:default", "style:none"],
};
