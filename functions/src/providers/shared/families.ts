import type { Durations } from "../../domain/provider/model.js";
import { size } from "../../domain/provider/resolution.js";

// What models of one family make, whoever sells them. Text limits, seeds and prices differ by
// vendor and stay in its own table, as does what one vendor makes more of than another.
// Read in the type files of @runwayml/sdk 4.20.1 (2026-09-03 and 2026-09-26) and on
// runware.ai/docs/models (2026-09-24); the two agree in everything that is written here.

export const hdSizes = [size("16:9", "720p", 1280, 720), size("9:16", "720p", 720, 1280)] as const;

export const fullHdSizes = [size("16:9", "1080p", 1920, 1080), size("9:16", "1080p", 1080, 1920)] as const;

/** Of all tiers: Veo 3.1, Fast and Lite. One vendor sells Fast in a further length. */
export const veo31 = {
  sizes: [...hdSizes, ...fullHdSizes],
  durations: { type: "discrete", seconds: [4, 6, 8] },
  audio: "optional",
} as const;

/** Gen-4 Turbo and Gen-4.5 with a picture to begin with. */
export const gen4ImageSizes = [
  ...hdSizes,
  size("4:3", "720p", 1104, 832),
  size("3:4", "720p", 832, 1104),
  size("1:1", "720p", 960, 960),
  size("21:9", "720p", 1584, 672),
] as const;

/** Seedance 2.0 up to 1080p; only one vendor sells it in 4k. */
export const seedance2 = {
  sizes: [
    size("16:9", "480p", 864, 496),
    size("9:16", "480p", 496, 864),
    size("1:1", "480p", 640, 640),
    size("4:3", "480p", 752, 560),
    size("3:4", "480p", 560, 752),
    size("21:9", "480p", 992, 432),
    ...hdSizes,
    size("1:1", "720p", 960, 960),
    size("4:3", "720p", 1112, 834),
    size("3:4", "720p", 834, 1112),
    size("21:9", "720p", 1470, 630),
    ...fullHdSizes,
    size("1:1", "1080p", 1440, 1440),
    size("4:3", "1080p", 1664, 1248),
    size("3:4", "1080p", 1248, 1664),
    size("21:9", "1080p", 2206, 946),
  ],
  durations: { type: "range", minSeconds: 4, maxSeconds: 15, stepSeconds: 1 } satisfies Durations,
  audio: "optional",
} as const;
