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

interface Phrase<Value> {
  readonly keys: readonly string[];
  readonly value: Value;
}

/** Phrases by their first word, longest first: a text is read with one look-up for most words. */
export type PhraseTable<Value> = ReadonlyMap<string, readonly Phrase<Value>[]>;

export interface FoundPhrase<Value> {
  readonly value: Value;
  readonly phrase: string;
  /** Place of its first word in the text. */
  readonly index: number;
  readonly length: number;
}

export function phraseTable<Value>(
  rows: Iterable<readonly [phrase: string, value: Value]>,
): PhraseTable<Value> {
  const table = new Map<string, Phrase<Value>[]>();
  for (const [phrase, value] of rows) {
    const keys = readWords(phrase).map((word) => word.key);
    const first = keys[0];
    if (first === undefined) continue;
    const row = table.get(first) ?? [];
    row.push({ keys, value });
    table.set(first, row);
  }
  for (const row of table.values()) row.sort((a, b) => b.keys.length - a.keys.length);
  return table;
}

/** Every phrase at every place, also those within longer ones. */
export function findPhrases<Value>(words: readonly Word[], table: PhraseTable<Value>): FoundPhrase<Value>[] {
  const found: FoundPhrase<Value>[] = [];
  for (const [index, word] of words.entries()) {
    for (const { keys, value } of table.get(word.key) ?? []) {
      if (!keys.every((key, offset) => words[index + offset]?.key === key)) continue;
      found.push({ value, phrase: keys.join(" "), index, length: keys.length });
    }
  }
  return found;
}

/** Only the longest phrase at a place: "data engineer" hides "engineer". */
export function longestPhrases<Value>(found: readonly FoundPhrase<Value>[]): FoundPhrase<Value>[] {
  const kept: FoundPhrase<Value>[] = [];
  let end = 0;
  for (const phrase of found) {
    if (phrase.index < end) continue;
    kept.push(phrase);
    end = phrase.index + phrase.length;
  }
  return kept;
}

/** The entries of a vocabulary, written one after the other with commas or new lines between them. */
export function list(text: string): string[] {
  return text
    .split(/[,\n]/)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");
}
