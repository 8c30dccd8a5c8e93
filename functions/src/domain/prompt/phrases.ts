import { readWords, type Word } from "./words.js";

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
