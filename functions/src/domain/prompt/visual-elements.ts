import { findAchievements } from "./achievements.js";
import { cities, countries } from "./cv-places.js";
import { roleScenes, rolesInCapitals } from "./cv-roles.js";
import { skillLooks, toolLooks, toolsInCapitals } from "./cv-tools.js";
import { type FoundPhrase, findPhrases, longestPhrases, phraseTable } from "./phrases.js";
import type { Word } from "./words.js";

export type ElementKind = "role" | "place" | "achievement" | "tool" | "skill";

/** Something to be shown, in our words: nothing of the text itself is repeated. */
export interface VisualElement {
  readonly kind: ElementKind;
  readonly look: string;
}

interface Meaning extends VisualElement {
  /** Only a capital letter tells it from an ordinary word. */
  readonly inCapitals: boolean;
}

const table = phraseTable<Meaning>([
  ...roleScenes.map(([phrase, look]) =>
    row("role", phrase, look, rolesInCapitals.has(phrase.split(" ")[0] ?? "")),
  ),
  ...cities.map((city) => row("place", city, `the city of ${city}`, true)),
  ...countries.map((country) => row("place", country, `scenery of ${country}`, true)),
  ...toolLooks.map(([phrase, look]) => row("tool", phrase, look, toolsInCapitals.has(phrase.toLowerCase()))),
  ...skillLooks.map(([phrase, look]) => row("skill", phrase, look, false)),
]);

/** One of each kind comes before the second of any. A CV tells the present role first. */
const order: readonly ElementKind[] = [
  ...(["role", "place", "achievement", "tool", "skill"] as const),
  ...(["achievement", "tool", "skill"] as const),
];

const negations: ReadonlySet<string> = new Set(["no", "not", "never", "without"]);

/** Everything in a CV that can be shown, by fixed rules and in the order of the text. */
export function findElements(words: readonly Word[]): VisualElement[] {
  const phrases = findPhrases(words, table).filter((found) => isMeant(words, found));
  const found = longestPhrases(phrases).map(({ value, index }) => ({
    kind: value.kind,
    look: value.look,
    index,
  }));
  return [...found, ...findAchievements(words).filter(({ index }) => !isNegated(words, index))]
    .sort((a, b) => a.index - b.index)
    .map(({ kind, look }) => ({ kind, look }));
}

/** The most telling elements, each once. */
export function chooseElements(found: readonly VisualElement[], most: number): string[] {
  const chosen: string[] = [];
  for (const kind of order) {
    if (chosen.length >= most) break;
    const next = found.find((element) => element.kind === kind && !chosen.includes(element.look));
    if (next !== undefined) chosen.push(next.look);
  }
  return chosen;
}

function row(
  kind: ElementKind,
  phrase: string,
  look: string,
  inCapitals: boolean,
): readonly [phrase: string, meaning: Meaning] {
  return [phrase, { kind, look, inCapitals }];
}

function isMeant(words: readonly Word[], found: FoundPhrase<Meaning>): boolean {
  if (found.value.inCapitals && words[found.index]?.capital !== true) return false;
  return !isNegated(words, found.index);
}

function isNegated(words: readonly Word[], index: number): boolean {
  return words.slice(Math.max(0, index - 3), index).some((word) => negations.has(word.key));
}
