import { type Mode, type TextLimit, textLength } from "../provider/model.js";
import type { ModelRequest } from "../request/request.js";
import { brandOpening, missingBrandTerms } from "./brand.js";
import { visualElements } from "./cv.js";
import { cameraText, strategies, styleText } from "./directions.js";
import { separatorAfter, thingsToAvoid } from "./text.js";

/** Why something that a caller or a strategy would have in a prompt is not in it. */
export type LeftOutReason =
  /** The model's limit was reached. */
  | "no_room"
  /** The `precise` strategy takes the prompt as it is. */
  | "precise"
  /** A script is spoken; a presenter takes no directions. */
  | "spoken";

/** One thing that stands, or would stand, behind the caller's own words. */
export interface PromptAddition {
  /** The field of the request that it comes from. */
  readonly field: "prompt" | "brandTerms" | "negativePrompt" | "camera" | "style" | "cvScript" | "strategy";
  readonly text: string;
}

export interface LeftOutAddition extends PromptAddition {
  readonly reason: LeftOutReason;
}

export interface PromptResult {
  /** What the model receives. */
  readonly text: string;
  readonly added: readonly PromptAddition[];
  readonly leftOut: readonly LeftOutAddition[];
}

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
  return request.kind === "avatar" ? spokenPrompt(request) : shownOnce(request, mode);
}

/** A decision asks for the prompt of every candidate, and most of them take the same. */
const shownPrompts = new WeakMap<ShownRequest, Map<string, PromptResult>>();

function shownOnce(request: ShownRequest, mode: Mode): PromptResult {
  const { textLimit, negativePrompt } = mode;
  const key = `${textLimit.max} ${textLimit.unit} ${negativePrompt === true}`;
  const known = shownPrompts.get(request) ?? new Map<string, PromptResult>();
  const result = known.get(key) ?? shownPrompt(request, mode);
  shownPrompts.set(request, known.set(key, result));
  return result;
}

function shownPrompt(request: ShownRequest, mode: Pick<Mode, "textLimit" | "negativePrompt">): PromptResult {
  const strategy = strategies[request.strategy];
  const prompt = promptBuilder(request.prompt, mode.textLimit);
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
  return { text, added, leftOut: [...leftOut, ...leftOutByStrategy(request)] };
}

/** What the caller gave and the strategy of the same caller leaves alone. */
function leftOutByStrategy(request: ShownRequest): LeftOutAddition[] {
  const strategy = strategies[request.strategy];
  const additions: LeftOutAddition[] = [];
  if (request.style !== undefined && !strategy.style) {
    additions.push({ field: "style", text: request.style, reason: "precise" });
  }
  if (request.cvScript !== undefined && strategy.elements === 0) {
    // Not the CV itself: this is repeated to lists and logs, and a CV is personal.
    additions.push({ field: "cvScript", text: "what the CV shows", reason: "precise" });
  }
  return additions;
}

/** A script is spoken exactly as it is written. */
function spokenPrompt(request: SpokenRequest): PromptResult {
  const additions: PromptAddition[] = [];
  const { prompt, style, camera, negativePrompt } = request;
  if (prompt !== undefined) additions.push({ field: "prompt", text: prompt });
  if (negativePrompt !== undefined) additions.push({ field: "negativePrompt", text: negativePrompt });
  if (camera !== undefined) additions.push({ field: "camera", text: cameraText(camera) });
  if (style !== undefined) additions.push({ field: "style", text: style });
  return {
    text: request.script,
    added: [],
    leftOut: additions.map((addition) => ({ ...addition, reason: "spoken" })),
  };
}

/** A prompt that takes additions for as long as they fit, and remembers those that did not. */
interface PromptBuilder {
  addSentence(addition: PromptAddition): void;
  /** A list that is opened by the first item that fits, and takes what it has room for. */
  addList(field: PromptAddition["field"], opening: string, items: readonly string[]): void;
  result(): PromptResult;
}

/**
 * Every addition begins and ends with plain ASCII, so that neither a surrogate pair nor an emoji
 * is formed or broken at a seam, and lengths simply add up: the caller's words are measured once.
 */
function promptBuilder(callersWords: string, limit: TextLimit): PromptBuilder {
  const pieces = [callersWords];
  const added: PromptAddition[] = [];
  const leftOut: LeftOutAddition[] = [];
  let room = limit.max - textLength(callersWords, limit.unit);

  function separator(): string {
    return pieces.length === 1 ? separatorAfter(callersWords) : " ";
  }

  function fits(addition: PromptAddition, text: string): boolean {
    const length = textLength(text, limit.unit);
    if (length > room) {
      leftOut.push({ ...addition, reason: "no_room" });
      return false;
    }
    room -= length;
    added.push(addition);
    return true;
  }

  return {
    addSentence: (addition) => {
      const piece = `${separator()}${addition.text}`;
      if (fits(addition, piece)) pieces.push(piece);
    },
    addList: (field, opening, items) => {
      const start = `${separator()}${opening}`;
      const kept: string[] = [];
      for (const text of items) {
        // The opening and the full stop are paid for with the first item.
        if (fits({ field, text }, kept.length === 0 ? `${start}${text}.` : `, ${text}`)) kept.push(text);
      }
      if (kept.length > 0) pieces.push(`${start}${kept.join(", ")}.`);
    },
    result: () => ({ text: pieces.join(""), added, leftOut }),
  };
}
