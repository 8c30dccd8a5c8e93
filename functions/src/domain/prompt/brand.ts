import type { ModelRequest } from "../request/request.js";
import { separatorAfter } from "./text.js";

const inWord = /[\p{L}\p{M}\p{N}]/u;

/** The brand terms that the caller's own words do not hold already, in their exact spelling. */
export function missingBrandTerms(request: ModelRequest): string[] {
  if (request.kind === "avatar") return [];
  return [...new Set(request.brandTerms ?? [])].filter((term) => !mentions(request.prompt, term));
}

/**
 * The least that a model must take: the caller's words with every brand term. Everything else may
 * be left out for lack of room, this may not.
 */
export function requiredText(request: ModelRequest): string {
  if (request.kind === "avatar") return request.script;
  const terms = missingBrandTerms(request);
  return terms.length === 0
    ? request.prompt
    : `${request.prompt}${separatorAfter(request.prompt)}${brandText(terms)}`;
}

export const brandOpening = "Featuring: ";

function brandText(terms: readonly string[]): string {
  return `${brandOpening}${terms.join(", ")}.`;
}

/** Whole words only: "AI" is not named by "RAIN". */
function mentions(text: string, term: string): boolean {
  for (let at = text.indexOf(term); at !== -1; at = text.indexOf(term, at + 1)) {
    const before = String.fromCodePoint(codePointBefore(text, at));
    const after = String.fromCodePoint(text.codePointAt(at + term.length) ?? 0x20);
    if (!inWord.test(before) && !inWord.test(after)) return true;
  }
  return false;
}

function codePointBefore(text: string, at: number): number {
  const pair = text.codePointAt(at - 2);
  if (pair !== undefined && pair > 0xffff) return pair;
  return text.codePointAt(at - 1) ?? 0x20;
}
