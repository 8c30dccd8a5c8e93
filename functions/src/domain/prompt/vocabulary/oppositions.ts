import { list } from "../words.js";

type Side = readonly [name: string, phrases: readonly string[]];

/** Two things that one shot cannot be at once. */
interface Opposition {
  readonly sides: readonly [Side, Side];
  /** "From day to night" is a wish and no contradiction. */
  readonly mayChange: boolean;
}

function opposition(mayChange: boolean, a: [string, string], b: [string, string]): Opposition {
  return {
    sides: [
      [a[0], list(a[1])],
      [b[0], list(b[1])],
    ],
    mayChange,
  };
}

/** The first is about the camera: a request's own camera field speaks for one of its sides. */
export const oppositions: readonly Opposition[] = [
  opposition(
    false,
    ["a static camera", "static camera, static shot, locked off, fixed camera, tripod shot"],
    [
      "a moving one",
      `pan, pans, panning, zoom, zooms, zooming, dolly, tracking shot, handheld, tilting, orbit, orbits
      crane shot`,
    ],
  ),
  opposition(false, ["slow motion", "slow motion"], ["time-lapse", "time lapse, timelapse, hyperlapse"]),
  opposition(
    false,
    ["black and white", "black and white, monochrome"],
    ["vivid colours", "colourful, colorful, vivid colours, vivid colors, vibrant colours, vibrant colors"],
  ),
  opposition(
    true,
    ["day", "noon, midday, daylight, sunny, broad daylight"],
    ["night", "night, midnight, moonlight, moonlit, starlight"],
  ),
  opposition(
    true,
    ["a close-up", "close up, closeup, macro"],
    ["a wide shot", "wide shot, wide angle, aerial, establishing shot, long shot"],
  ),
  opposition(true, ["indoors", "indoors, indoor, interior"], ["outdoors", "outdoors, outdoor, exterior"]),
  opposition(true, ["empty", "empty, deserted"], ["crowded", "crowded, crowd"]),
  opposition(true, ["summer", "summer"], ["winter", "winter"]),
];

/** Words that tell of a change from one to the other. */
export const changeWords = list(
  "from, to, into, until, then, turns, becomes, becoming, transition, cut to, pulls back",
);
