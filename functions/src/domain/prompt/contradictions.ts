import { findPhrases, phraseTable } from "./phrases.js";
import type { Scene } from "./scene.js";

type Side = readonly [name: string, phrases: readonly string[]];
interface Opposition {
  readonly sides: readonly [Side, Side];
  /** "From day to night" is a wish and no contradiction. */
  readonly mayChange: boolean;
}

function opposition(mayChange: boolean, ...sides: readonly [Side, Side]): Opposition {
  return { sides, mayChange };
}

const still = ["static camera", "static shot", "locked off", "fixed camera", "tripod shot"];
const moving = [
  "pan",
  "pans",
  "panning",
  "zoom",
  "zooms",
  "zooming",
  "dolly",
  "tracking shot",
  "handheld",
].concat(["tilting", "orbit", "orbits", "crane shot"]);

const oppositions: readonly Opposition[] = [
  opposition(false, ["a static camera", still], ["a moving one", moving]),
  opposition(
    false,
    ["slow motion", ["slow motion"]],
    ["time-lapse", ["time lapse", "timelapse", "hyperlapse"]],
  ),
  opposition(
    false,
    ["black and white", ["black and white", "monochrome"]],
    [
      "vivid colours",
      ["colourful", "colorful", "vivid colours", "vivid colors", "vibrant colours", "vibrant colors"],
    ],
  ),
  opposition(
    true,
    ["day", ["noon", "midday", "daylight", "sunny", "broad daylight"]],
    ["night", ["night", "midnight", "moonlight", "moonlit", "starlight"]],
  ),
  opposition(
    true,
    ["a close-up", ["close up", "closeup", "macro"]],
    ["a wide shot", ["wide shot", "wide angle", "aerial", "establishing shot", "long shot"]],
  ),
  opposition(
    true,
    ["indoors", ["indoors", "indoor", "interior"]],
    ["outdoors", ["outdoors", "outdoor", "exterior"]],
  ),
  opposition(true, ["empty", ["empty", "deserted"]], ["crowded", ["crowded", "crowd"]]),
  opposition(true, ["summer", ["summer"]], ["winter", ["winter"]]),
];

const sidesByPhrase = phraseTable(
  oppositions.flatMap(({ sides }, row) =>
    sides.flatMap(([, phrases], side) => phrases.map((phrase) => [phrase, `${row}:${side}`] as const)),
  ),
);

const changes = phraseTable(
  [
    "from",
    "to",
    "into",
    "until",
    "then",
    "turns",
    "becomes",
    "becoming",
    "transition",
    "cut to",
    "pulls back",
  ].map((word) => [word, word] as const),
);

export function contradictionsIn({ words, cameraMove }: Scene): string[] {
  const told = new Set(findPhrases(words, sidesByPhrase).map((found) => found.value));
  if (cameraMove !== null) told.add(cameraMove === "static" ? "0:0" : "0:1");
  const hasChange = findPhrases(words, changes).length > 0;
  return oppositions.flatMap(({ sides, mayChange }, row) => {
    if (mayChange && hasChange) return [];
    if (!told.has(`${row}:0`) || !told.has(`${row}:1`)) return [];
    return [`${sides[0][0]} and ${sides[1][0]}`];
  });
}
