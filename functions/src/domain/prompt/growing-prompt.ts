import { type TextLimit, textLength } from "../provider/model.js";
import { joint } from "./joint.js";
import type { LeftOutPart, PromptPart, PromptResult } from "./part.js";

/** A prompt that takes additions for as long as they fit, and remembers those that did not. */
export interface GrowingPrompt {
  addSentence(part: PromptPart): void;
  /** A list that is opened by the first item that fits, and takes what it has room for. */
  addList(field: PromptPart["field"], opening: string, items: readonly string[]): void;
  result(): PromptResult;
}

/**
 * Every addition begins and ends with plain ASCII, so that neither a surrogate pair nor an emoji
 * is formed or broken at a seam, and lengths simply add up: the caller's words are measured once.
 */
export function growPrompt(callersWords: string, limit: TextLimit): GrowingPrompt {
  const pieces = [callersWords];
  const added: PromptPart[] = [];
  const leftOut: LeftOutPart[] = [];
  let room = limit.max - textLength(callersWords, limit.unit);

  function nextJoint(): string {
    return pieces.length === 1 ? joint(callersWords) : " ";
  }

  function fits(part: PromptPart, text: string): boolean {
    const length = textLength(text, limit.unit);
    if (length > room) {
      leftOut.push({ ...part, reason: "no_room" });
      return false;
    }
    room -= length;
    added.push(part);
    return true;
  }

  return {
    addSentence: (part) => {
      const piece = `${nextJoint()}${part.text}`;
      if (fits(part, piece)) pieces.push(piece);
    },
    addList: (field, opening, items) => {
      const start = `${nextJoint()}${opening}`;
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
