import type { TextLimit } from "../provider/model.js";
import type { Adjustment } from "../request/request.js";
import type { LeftOutReason, PromptResult } from "./prompt.js";
import { cutText } from "./text.js";

/** What was asked is repeated in short only: adjustments are read in lists. */
const shownLimit: TextLimit = { max: 120, unit: "utf16" };

const unitWords: Readonly<Record<TextLimit["unit"], string>> = {
  utf16: "UTF-16 units",
  codePoints: "characters",
  bytes: "bytes",
};

/** What became of the caller's wishes for the prompt, in words for the caller. */
export function promptAdjustments(label: string, prompt: PromptResult, limit: TextLimit): Adjustment[] {
  const found: Adjustment[] = [];
  if (prompt.added.some((addition) => addition.field === "negativePrompt")) {
    found.push({
      field: "negativePrompt",
      asked: "a field of its own",
      given: "words in the prompt",
      reason: `${label} has no such field`,
    });
  }
  const reasons: Readonly<Record<LeftOutReason, string>> = {
    no_room: `${label} takes ${limit.max} ${unitWords[limit.unit]}`,
    precise: "the precise strategy takes the prompt as it is",
    spoken: "a script is spoken as it is written",
  };
  for (const reason of ["no_room", "precise", "spoken"] as const) {
    const texts = prompt.leftOut
      .filter((addition) => addition.reason === reason)
      .map((addition) => addition.text);
    if (texts.length === 0) continue;
    found.push({
      field: "prompt",
      asked: inShort(texts.join("; ")),
      given: "left out",
      reason: reasons[reason],
    });
  }
  return found;
}

function inShort(text: string): string {
  const cut = cutText(text, shownLimit);
  return cut.length < text.length ? `${cut}…` : text;
}
