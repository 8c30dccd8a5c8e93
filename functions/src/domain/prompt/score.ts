import type { VideoRequest } from "../request/request.js";
import { thingsToAvoid } from "./text.js";
import { changeWords, oppositions } from "./vocabulary/oppositions.js";
import {
  determiners,
  filmWords,
  functionWords,
  prepositions,
  type Sign,
  wordSigns,
} from "./vocabulary/score-words.js";
import { findPhrases, list, phraseTable, readWords, type Word } from "./words.js";

export interface ScoreReason {
  /** Signed. The sum over all reasons, kept within 0 and 100, is the score. */
  readonly points: number;
  readonly reason: string;
}

export interface PromptScore {
  /** 0 to 100. */
  readonly score: number;
  /** What was found, what is missing (0 points, with advice) and what harms (below 0). */
  readonly reasons: readonly ScoreReason[];
}

/** How much a prompt tells a model, by fixed rules for English. It judges the text, not the idea. */
export function scorePrompt(input: string | VideoRequest): PromptScore {
  if (typeof input !== "string" && input.kind === "avatar") return scoreScript(input.script);
  const facts = factsOf(input);
  if (!isReadable(facts)) {
    return scored([{ points: 50, reason: "not judged: the rules know English only" }]);
  }
  return scored([...meritsOf(facts), ...flawsOf(facts)]);
}

/** A script need not describe a facts. */
function scoreScript(script: string): PromptScore {
  const count = factsOf(script).words.length;
  const spoken = { points: 100, reason: "a script is spoken as it is written" };
  return scored(
    count < 3
      ? [spoken, { points: -40, reason: "hardly anything to say: the video ends at once" }]
      : [spoken],
  );
}

function scored(reasons: readonly ScoreReason[]): PromptScore {
  const sum = reasons.reduce((total, reason) => total + reason.points, 0);
  return { score: Math.min(100, Math.max(0, sum)), reasons };
}

/** A prompt as the rules of the score see it. */
interface PromptFacts {
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

function factsOf(input: string | Exclude<VideoRequest, { kind: "avatar" }>): PromptFacts {
  const text = typeof input === "string" ? input : input.prompt;
  const request = typeof input === "string" ? null : input;
  const words = readWords(text);
  const signs = new Map<Sign, Set<string>>();
  for (const { value, phrase } of findPhrases(words, wordSigns)) {
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
function isReadable({ words, signs, text }: PromptFacts): boolean {
  if (signs.size > 0) return true;
  // Three words of plain letters are a poor prompt in any language.
  if (words.length < 4 && /^\p{ASCII}*$/u.test(text)) return true;
  const known = words.filter((word) => functionWords.has(word.key)).length;
  return known >= words.length * englishShare;
}

/** The most that each merit gives; together 100. */
const fullPoints = { length: 20, subject: 20, action: 15, setting: 20, light: 15, camera: 10 } as const;

function meritsOf(facts: PromptFacts): ScoreReason[] {
  const { subject, action, setting, light, camera } = fullPoints;
  const shown = facts.hasPicture;
  return [
    lengthMerit(facts.words.length),
    merit(subject, shown || facts.hasCv || hasSubject(facts), "subject", "say who or what is seen"),
    merit(action, tells(facts, "action") || hasParticiple(facts), "action", "say what happens"),
    merit(setting, shown || tells(facts, "setting"), "setting", "say where it happens"),
    merit(light, shown || tells(facts, "light"), "light or time of day", "say how it is lit"),
    merit(
      camera,
      facts.cameraMove !== null || tells(facts, "camera"),
      "camera",
      "say how it is filmed, or set camera",
    ),
  ];
}

function merit(points: number, present: boolean, name: string, advice: string): ScoreReason {
  return present ? { points, reason: `${name}: told` } : { points: 0, reason: `no ${name}: ${advice}` };
}

function lengthMerit(count: number): ScoreReason {
  if (count >= 12) return { points: fullPoints.length, reason: "enough words to work with" };
  if (count >= 6) return { points: 12, reason: "rather short: twelve words or more tell a model enough" };
  if (count >= 3) return { points: 5, reason: "short: twelve words or more tell a model enough" };
  return { points: 0, reason: "hardly any words: twelve or more tell a model enough" };
}

function tells(facts: PromptFacts, sign: Sign): boolean {
  return facts.signs.has(sign);
}

/** A known one, or "a paper boat": a determiner that no preposition stands before, and a noun. */
function hasSubject(facts: PromptFacts): boolean {
  if (tells(facts, "subject")) return true;
  const { words, signs, text } = facts;
  if (/\p{Emoji_Presentation}/u.test(text)) return true;
  const empty = signs.get("vague");
  return words.some(({ key }, index) => {
    if (!determiners.has(key) || prepositions.has(words[index - 1]?.key ?? "")) return false;
    return words.slice(index + 1, index + 4).some((word) => {
      const noun = word.key;
      return noun.length > 2 && !functionWords.has(noun) && !filmWords.has(noun) && empty?.has(noun) !== true;
    });
  });
}

/** Nouns and times of day that merely look like "drifting". */
const noParticiples = new Set(
  list(`
    building, morning, evening, ceiling, wedding, nothing, something, anything, everything, clothing, during
    lightning, lighting, painting, clearing, string, spring, amazing, stunning, interesting, panning, tilting
    zooming, tracking, establishing, ending, opening`),
);

function hasParticiple({ words }: PromptFacts): boolean {
  return words.some(({ key }) => key.length > 5 && key.endsWith("ing") && !noParticiples.has(key));
}

/** Beyond this a model loses the thread of a single shot. */
const mostWords = 300;

function flawsOf(facts: PromptFacts): ScoreReason[] {
  const flaws: ScoreReason[] = contradictionsIn(facts)
    .slice(0, 2)
    .map((what) => ({ points: -15, reason: `contradiction: ${what}` }));
  const vague = [...(facts.signs.get("vague") ?? [])].slice(0, 3);
  if (vague.length > 0) {
    flaws.push({ points: -5 * vague.length, reason: `vague words: ${vague.join(", ")}; say what is seen` });
  }
  if (isShouted(facts)) flaws.push({ points: -10, reason: "all in capitals: write sentences" });
  const repeated = repeatedWord(facts);
  if (repeated !== null) flaws.push({ points: -10, reason: `repetition: "${repeated}"` });
  if (facts.words.length > mostWords) {
    flaws.push({ points: -10, reason: `more than ${mostWords} words: one shot cannot hold them` });
  }
  const contradicted = contradictedThing(facts);
  if (contradicted !== null) {
    flaws.push({ points: -15, reason: `"${contradicted}" is both in the prompt and to be avoided` });
  }
  return flaws;
}

/** Three words or more in which hardly a letter is small: a name or a sign may be in capitals. */
function isShouted({ words, text }: PromptFacts): boolean {
  if (words.length < 3) return false;
  const read = text.slice(0, 5_000);
  const large = read.match(/\p{Lu}/gu)?.length ?? 0;
  const small = read.match(/\p{Ll}/gu)?.length ?? 0;
  return large >= 10 && large > small * 2;
}

/** A word with a meaning that is every fifth word or more, four times or more. */
function repeatedWord({ words }: PromptFacts): string | null {
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

function contradictedThing({ words, toAvoid }: PromptFacts): string | null {
  const things = toAvoid.slice(0, mostCompared).map((thing) => [thing, thing] as const);
  const found = findPhrases(words, phraseTable(things));
  return found[0]?.value ?? null;
}

const sidesByPhrase = phraseTable(
  oppositions.flatMap(({ sides }, row) =>
    sides.flatMap(([, phrases], side) => phrases.map((phrase) => [phrase, `${row}:${side}`] as const)),
  ),
);

const changes = phraseTable(changeWords.map((word) => [word, word] as const));

function contradictionsIn({ words, cameraMove }: PromptFacts): string[] {
  const present = new Set(findPhrases(words, sidesByPhrase).map((found) => found.value));
  if (cameraMove !== null) present.add(cameraMove === "static" ? "0:0" : "0:1");
  const hasChange = findPhrases(words, changes).length > 0;
  return oppositions.flatMap(({ sides, mayChange }, row) => {
    if (mayChange && hasChange) return [];
    if (!present.has(`${row}:0`) || !present.has(`${row}:1`)) return [];
    return [`${sides[0][0]} and ${sides[1][0]}`];
  });
}
