import type { Scene } from "./scene.js";
import { determiners, filmWords, functionWords, prepositions, type Sign } from "./score-words.js";

export interface ScoreReason {
  /** Signed. The sum over all reasons, kept within 0 and 100, is the score. */
  readonly points: number;
  readonly reason: string;
}

/** The most that each merit gives; together 100. */
const worth = { length: 20, subject: 20, action: 15, setting: 20, light: 15, camera: 10 } as const;

export function meritsOf(scene: Scene): ScoreReason[] {
  const { subject, action, setting, light, camera } = worth;
  const shown = scene.hasPicture;
  return [
    lengthMerit(scene.words.length),
    merit(subject, shown || scene.hasCv || hasSubject(scene), "subject", "say who or what is seen"),
    merit(action, tells(scene, "action") || hasParticiple(scene), "action", "say what happens"),
    merit(setting, shown || tells(scene, "setting"), "setting", "say where it happens"),
    merit(light, shown || tells(scene, "light"), "light or time of day", "say how it is lit"),
    merit(
      camera,
      scene.cameraMove !== null || tells(scene, "camera"),
      "camera",
      "say how it is filmed, or set camera",
    ),
  ];
}

function merit(points: number, present: boolean, name: string, advice: string): ScoreReason {
  return present ? { points, reason: `${name}: told` } : { points: 0, reason: `no ${name}: ${advice}` };
}

function lengthMerit(count: number): ScoreReason {
  if (count >= 12) return { points: worth.length, reason: "enough words to work with" };
  if (count >= 6) return { points: 12, reason: "rather short: twelve words or more tell a model enough" };
  if (count >= 3) return { points: 5, reason: "short: twelve words or more tell a model enough" };
  return { points: 0, reason: "hardly any words: twelve or more tell a model enough" };
}

function tells(scene: Scene, sign: Sign): boolean {
  return scene.signs.has(sign);
}

/** A known one, or "a paper boat": a determiner that no preposition stands before, and a noun. */
function hasSubject(scene: Scene): boolean {
  if (tells(scene, "subject")) return true;
  const { words, signs, text } = scene;
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
  [
    "building",
    "morning",
    "evening",
    "ceiling",
    "wedding",
    "nothing",
    "something",
    "anything",
    "everything",
  ].concat(
    [
      "clothing",
      "during",
      "lightning",
      "lighting",
      "painting",
      "clearing",
      "string",
      "spring",
      "amazing",
      "stunning",
    ],
    [
      "interesting",
      "panning",
      "tilting",
      "zooming",
      "tracking",
      "establishing",
      "evening",
      "ending",
      "opening",
    ],
  ),
);

function hasParticiple({ words }: Scene): boolean {
  return words.some(({ key }) => key.length > 5 && key.endsWith("ing") && !noParticiples.has(key));
}
