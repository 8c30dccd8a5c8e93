import type { ModelRequest } from "../request/request.js";
import { findPhrases, phraseTable } from "./phrases.js";
import { chooseElements, findElements, type VisualElement } from "./visual-elements.js";
import { readWords, type Word } from "./words.js";

const headings = phraseTable(
  [
    ...[
      "curriculum vitae",
      "cv",
      "resume",
      "work experience",
      "professional experience",
      "years of experience",
    ],
    ...["work history", "employment history", "education", "qualifications", "references", "hard skills"],
    ...["soft skills", "key skills", "bachelor", "master of", "degree in"],
  ].map((heading) => [heading, heading] as const),
);

/** A prompt with fewer signs of a CV is a scene; nothing is read out of it. */
const signsOfCv = 3;

/**
 * What is to be shown of a CV: the caller's `cvScript`, or a prompt that is one itself. No model is
 * asked; the same text always gives the same elements.
 */
export function visualElements(request: ModelRequest, most: number): string[] {
  if (request.kind === "avatar" || most === 0) return [];
  if (request.cvScript !== undefined) return chooseElements(findElements(readWords(request.cvScript)), most);
  const words = readWords(request.prompt);
  const found = findElements(words);
  return countSigns(words, found) < signsOfCv ? [] : chooseElements(found, most);
}

/** Places are no sign: every scene is somewhere. */
function countSigns(words: readonly Word[], found: readonly VisualElement[]): number {
  const kinds = new Set(found.map((element) => element.kind));
  kinds.delete("place");
  const years = words.filter(({ key }) => /^(?:19|20)\d\d$/.test(key)).length;
  return kinds.size + (years >= 2 ? 1 : 0) + (findPhrases(words, headings).length > 0 ? 1 : 0);
}
