import type { Mode } from "../provider/model.js";
import type { ModelRequest } from "../request/request.js";
import { thingsToAvoid } from "./avoid.js";
import { brandOpening, missingBrandTerms } from "./brand.js";
import { cameraText } from "./camera-words.js";
import { visualElements } from "./cv.js";
import { growPrompt } from "./growing-prompt.js";
import type { LeftOutPart, PromptPart, PromptResult } from "./part.js";
import { strategies } from "./strategies.js";
import { styleText } from "./styles.js";

type ShownRequest = Exclude<ModelRequest, { kind: "avatar" }>;
type SpokenRequest = Extract<ModelRequest, { kind: "avatar" }>;

/** The text that a model receives. */
export function buildText(request: ModelRequest, mode: Mode): string {
  return buildPrompt(request, mode).text;
}

/**
 * The caller's own words first and unchanged, then additions in order of importance as far as the
 * model's limit allows. All that a caller wrote is data: nothing in it is a template or an order.
 */
export function buildPrompt(request: ModelRequest, mode: Mode): PromptResult {
  return request.kind === "avatar" ? spokenPrompt(request) : shownPrompt(request, mode);
}

function shownPrompt(request: ShownRequest, mode: Mode): PromptResult {
  const strategy = strategies[request.strategy];
  const prompt = growPrompt(request.prompt, mode.textLimit);
  prompt.addList("brandTerms", brandOpening, missingBrandTerms(request));
  if (request.negativePrompt !== undefined && mode.negativePrompt !== true) {
    prompt.addList("negativePrompt", "Avoid: ", thingsToAvoid(request.negativePrompt));
  }
  if (request.camera !== undefined) {
    prompt.addSentence({ field: "camera", text: cameraText(request.camera) });
  }
  if (request.style !== undefined && strategy.style) {
    prompt.addSentence({ field: "style", text: styleText(request.style) });
  }
  prompt.addList("cvScript", "Visual elements: ", visualElements(request, strategy.elements));
  for (const text of strategy.sentences) prompt.addSentence({ field: "strategy", text });
  const { text, added, leftOut } = prompt.result();
  return { text, added, leftOut: [...leftOut, ...unwanted(request)] };
}

/** What the caller gave and the strategy of the same caller leaves alone. */
function unwanted(request: ShownRequest): LeftOutPart[] {
  const strategy = strategies[request.strategy];
  const parts: LeftOutPart[] = [];
  if (request.style !== undefined && !strategy.style) {
    parts.push({ field: "style", text: request.style, reason: "precise" });
  }
  if (request.cvScript !== undefined && strategy.elements === 0) {
    // Not the CV itself: this is repeated to lists and logs, and a CV is personal.
    parts.push({ field: "cvScript", text: "what the CV shows", reason: "precise" });
  }
  return parts;
}

/** A script is spoken exactly as it is written. */
function spokenPrompt(request: SpokenRequest): PromptResult {
  const parts: PromptPart[] = [];
  const { prompt, style, camera, negativePrompt } = request;
  if (prompt !== undefined) parts.push({ field: "prompt", text: prompt });
  if (negativePrompt !== undefined) parts.push({ field: "negativePrompt", text: negativePrompt });
  if (camera !== undefined) parts.push({ field: "camera", text: cameraText(camera) });
  if (style !== undefined) parts.push({ field: "style", text: style });
  return { text: request.script, added: [], leftOut: parts.map((part) => ({ ...part, reason: "spoken" })) };
}
