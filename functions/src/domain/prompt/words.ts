import { requestLimits } from "../request/request.js";

export interface Word {
  /** Lower case, without accents: what dictionaries are looked up by. */
  readonly key: string;
  readonly capital: boolean;
}

/** No request holds a longer text; whatever calls this, its work has a bound. */
const mostUnitsRead = requestLimits.script;

/** The longest word of any dictionary is far shorter. */
const longestWord = 40;

/** The words of a text in order. One pass; anything that is no word separates words. */
export function readWords(text: string): Word[] {
  const words: Word[] = [];
  for (const [word] of text.slice(0, mostUnitsRead).matchAll(/[\p{L}\p{M}\p{N}+#]+/gu)) {
    if (word.length > longestWord) continue;
    words.push({ key: foldWord(word), capital: /^\p{Lu}/u.test(word) });
  }
  return words;
}

function foldWord(word: string): string {
  if (/^[a-z0-9]+$/.test(word)) return word;
  return word.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}
