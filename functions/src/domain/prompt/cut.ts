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
