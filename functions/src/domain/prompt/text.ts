import { type TextLimit, textLength } from "../provider/model.js";

const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });

/** A grapheme of more units than this is stacked marks; it is cut between its code points. */
const longestGrapheme = 64;

/**
 * The longest beginning of a text that stays within a limit and ends between two graphemes: an
 * emoji family or a letter with its accents is kept whole. Never ends inside a surrogate pair.
 */
export function cutText(text: string, limit: TextLimit): string {
  // No unit counts less than half of the UTF-16 length, so nothing behind this can fit.
  const window = text.slice(0, limit.max * 2 + longestGrapheme);
  let room = limit.max;
  let kept = "";
  for (const { segment } of segmenter.segment(window)) {
    for (const piece of segment.length > longestGrapheme ? segment : [segment]) {
      room -= textLength(piece, limit.unit);
      if (room < 0) return kept;
      kept += piece;
    }
  }
  return kept;
}

const sentenceEnds = ".!?…,;:。！？、؟।";

/** What stands between the caller's words and the first addition: a sentence is ended once. */
export function separatorAfter(prompt: string): string {
  const trimmed = prompt.trimEnd();
  if (trimmed.length < prompt.length) return "";
  return sentenceEnds.includes(trimmed.slice(-1)) ? " " : ". ";
}

/** A free text that gets a full stop does not get two. */
export function withoutFullStop(text: string): string {
  const trimmed = text.trim();
  return trimmed.endsWith(".") && !trimmed.endsWith("..") ? trimmed.slice(0, -1) : trimmed;
}

/**
 * The single things in a negative prompt, in the caller's order and each once: where the model has
 * no field for them they are appended as far as there is room, and a list can be shortened.
 */
export function thingsToAvoid(negativePrompt: string): string[] {
  const found = new Map<string, string>();
  for (const item of negativePrompt.split(/[,;\r\n]/)) {
    const text = withoutFullStop(item);
    if (!/[^\p{C}\p{Z}]/u.test(text)) continue;
    const key = text.toLowerCase();
    if (!found.has(key)) found.set(key, text);
  }
  return [...found.values()];
}
