import type { ModelRequest } from "../request/request.js";
import { type AchievementRule, achievementRules } from "./vocabulary/achievements.js";
import { cities, countries } from "./vocabulary/places.js";
import { roleScenes, rolesInCapitals } from "./vocabulary/roles.js";
import { skillLooks, toolLooks, toolsInCapitals } from "./vocabulary/skills.js";
import {
  type FoundPhrase,
  findPhrases,
  list,
  longestPhrases,
  phraseTable,
  readWords,
  type Word,
} from "./words.js";

const headings = phraseTable(
  list(`
    curriculum vitae, cv, resume, work experience, professional experience, years of experience, work history
    employment history, education, qualifications, references, hard skills, soft skills, key skills, bachelor
    master of, degree in`).map((heading) => [heading, heading] as const),
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

/** How far behind its verb an object may stand: "built and maintained several data pipelines". */
const wordsBetween = 8;

const rulesByVerb = new Map<string, AchievementRule[]>();
for (const rule of achievementRules) {
  for (const verb of rule.verbs) rulesByVerb.set(verb, [...(rulesByVerb.get(verb) ?? []), rule]);
}

export interface Achievement {
  readonly kind: "achievement";
  readonly look: string;
  /** Place of the verb in the text. */
  readonly index: number;
}

export function findAchievements(words: readonly Word[]): Achievement[] {
  return words.flatMap(({ key }, index) => {
    const rules = rulesByVerb.get(key);
    if (rules === undefined) return [];
    const behind = words.slice(index + 1, index + 1 + wordsBetween).map((word) => word.key);
    const rule = rules.find(({ objects }) => objects?.some((object) => behind.includes(object)) ?? true);
    return rule === undefined ? [] : [{ kind: "achievement", look: rule.look, index }];
  });
}
