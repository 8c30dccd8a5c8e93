/** Aspect ratios and resolutions that a request may ask for, and how near two of them are. */
export const ratios = ["16:9", "9:16", "1:1", "4:3", "3:4", "21:9"] as const;
export type Ratio = (typeof ratios)[number];

export const resolutions = ["480p", "720p", "1080p", "4k"] as const;
export type Resolution = (typeof resolutions)[number];

/** One output size of a model: the words a caller uses and the pixels the vendor makes. */
export interface Size {
  readonly ratio: Ratio;
  readonly resolution: Resolution;
  readonly width: number;
  readonly height: number;
}

export function size(ratio: Ratio, resolution: Resolution, width: number, height: number): Size {
  return { ratio, resolution, width, height };
}

const resolutionRank: Record<Resolution, number> = { "480p": 0, "720p": 1, "1080p": 2, "4k": 3 };

/** Signed number of steps from one resolution to another: 720p → 1080p is 1. */
export function resolutionSteps(from: Resolution, to: Resolution): number {
  return resolutionRank[to] - resolutionRank[from];
}

/** Width over height of a ratio word. */
export function ratioValue(ratio: Ratio): number {
  return ratioValues[ratio];
}

const ratioValues: Record<Ratio, number> = {
  "16:9": 16 / 9,
  "9:16": 9 / 16,
  "1:1": 1,
  "4:3": 4 / 3,
  "3:4": 3 / 4,
  "21:9": 21 / 9,
};

/** How far two ratios are apart, as |ln(a/b)|: 0 for equal, 0.29 between 16:9 and 4:3. */
export function ratioDistance(a: Ratio, b: Ratio): number {
  return Math.abs(Math.log(ratioValue(a) / ratioValue(b)));
}
