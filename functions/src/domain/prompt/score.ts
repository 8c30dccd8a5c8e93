import type { VideoRequest } from "../request/request.js";
import { flawsOf } from "./flaws.js";
import { meritsOf, type ScoreReason } from "./merits.js";
import { isReadable, toScene } from "./scene.js";

export interface PromptScore {
  /** 0 to 100. */
  readonly score: number;
  /** What was found, what is missing (0 points, with advice) and what harms (below 0). */
  readonly reasons: readonly ScoreReason[];
}

/** How much a prompt tells a model, by fixed rules for English. It judges the text, not the idea. */
export function scorePrompt(input: string | VideoRequest): PromptScore {
  if (typeof input !== "string" && input.kind === "avatar") return scoreScript(input.script);
  const scene = toScene(input);
  if (!isReadable(scene)) {
    return scored([{ points: 50, reason: "not judged: the rules know English only" }]);
  }
  return scored([...meritsOf(scene), ...flawsOf(scene)]);
}

/** A script need not describe a scene. */
function scoreScript(script: string): PromptScore {
  const count = toScene(script).words.length;
  const spoken = { points: 100, reason: "a script is spoken as it is written" };
  return scored(
    count < 3
      ? [spoken, { points: -40, reason: "hardly anything to say: the video ends at once" }]
      : [spoken],
  );
}

function scored(reasons: readonly ScoreReason[]): PromptScore {
  const sum = reasons.reduce((total, reason) => total + reason.points, 0);
  return { score: Math.min(100, Math.max(0, sum)), reasons };
}
