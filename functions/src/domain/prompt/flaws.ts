import { contradictionsIn } from "./contradictions.js";
import type { ScoreReason } from "./merits.js";
import { findPhrases, phraseTable } from "./phrases.js";
import type { Scene } from "./scene.js";
import { functionWords } from "./score-words.js";

/** Beyond this a model loses the thread of a single shot. */
const mostWords = 300;

export function flawsOf(scene: Scene): ScoreReason[] {
  const flaws: ScoreReason[] = contradictionsIn(scene)
    .slice(0, 2)
    .map((what) => ({ points: -15, reason: `contradiction: ${what}` }));
  const vague = [...(scene.signs.get("vague") ?? [])].slice(0, 3);
  if (vague.length > 0) {
    flaws.push({ points: -5 * vague.length, reason: `vague words: ${vague.join(", ")}; say what is seen` });
  }
  if (isShouted(scene)) flaws.push({ points: -10, reason: "all in capitals: write sentences" });
  const repeated = repeatedWord(scene);
  if (repeated !== null) flaws.push({ points: -10, reason: `repetition: "${repeated}"` });
  if (scene.words.length > mostWords) {
    flaws.push({ points: -10, reason: `more than ${mostWords} words: one shot cannot hold them` });
  }
  const unwanted = unwantedThing(scene);
  if (unwanted !== null) {
    flaws.push({ points: -15, reason: `"${unwanted}" is both in the prompt and to be avoided` });
  }
  return flaws;
}

/** Three words or more in which hardly a letter is small: a name or a sign may be in capitals. */
function isShouted({ words, text }: Scene): boolean {
  if (words.length < 3) return false;
  const read = text.slice(0, 5_000);
  const large = read.match(/\p{Lu}/gu)?.length ?? 0;
  const small = read.match(/\p{Ll}/gu)?.length ?? 0;
  return large >= 10 && large > small * 2;
}

/** A word with a meaning that is every fifth word or more, four times or more. */
function repeatedWord({ words }: Scene): string | null {
  const counts = new Map<string, number>();
  for (const { key } of words) {
    if (key.length < 4 || functionWords.has(key)) continue;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  for (const [key, count] of counts) {
    if (count >= 4 && count * 5 >= words.length) return key;
  }
  return null;
}

/** More things to avoid than a person would list are not compared. */
const mostCompared = 50;

function unwantedThing({ words, toAvoid }: Scene): string | null {
  const things = toAvoid.slice(0, mostCompared).map((thing) => [thing, thing] as const);
  const found = findPhrases(words, phraseTable(things));
  return found[0]?.value ?? null;
}
