import type { VideoRequest } from "../request/request.js";
import { thingsToAvoid } from "./text.js";
import { functionWords, type Sign, sceneSigns } from "./vocabulary/scene.js";
import { findPhrases, readWords, type Word } from "./words.js";

/** A prompt as the rules of the score see it. */
export interface Scene {
  readonly words: readonly Word[];
  /** What the words tell, with the words that tell it. */
  readonly signs: ReadonlyMap<Sign, ReadonlySet<string>>;
  /** Where a camera is set in the request's own field. */
  readonly cameraMove: string | null;
  /** A picture shows subject, place and light. */
  readonly hasPicture: boolean;
  /** A CV shows a person at work. */
  readonly hasCv: boolean;
  readonly toAvoid: readonly string[];
  readonly text: string;
}

export function toScene(input: string | Exclude<VideoRequest, { kind: "avatar" }>): Scene {
  const text = typeof input === "string" ? input : input.prompt;
  const request = typeof input === "string" ? null : input;
  const words = readWords(text);
  const signs = new Map<Sign, Set<string>>();
  for (const { value, phrase } of findPhrases(words, sceneSigns)) {
    signs.set(value, (signs.get(value) ?? new Set()).add(phrase));
  }
  return {
    words,
    signs,
    cameraMove: request?.camera?.move ?? null,
    hasPicture: request !== null && request.kind !== "text",
    hasCv: request?.cvScript !== undefined,
    toAvoid: thingsToAvoid(request?.negativePrompt ?? ""),
    text,
  };
}

/** One known word in seven is little for English and too many for chance in another language. */
const englishShare = 1 / 7;

/** The rules know English only; another language is neither praised nor blamed. */
export function isReadable({ words, signs, text }: Scene): boolean {
  if (signs.size > 0) return true;
  // Three words of plain letters are a poor prompt in any language.
  if (words.length < 4 && /^\p{ASCII}*$/u.test(text)) return true;
  const known = words.filter((word) => functionWords.has(word.key)).length;
  return known >= words.length * englishShare;
}
