/** Aspect ratios and resolutions that a request may ask for, and how near two of them are. */
export const ratios = ["16:9", "9:16", "1:1", "4:3", "3:4", "21:9"] as const;
export type Ratio = (typeof ratios)[number];

export const resolutions = ["480p", "720p", "1080p", "4k"] as const;
export type Resolution = (typeof resolutions)[number];

export interface Pixels {
  readonly width: number;
  readonly height: number;
}

/** One output size of a model: the words a caller uses and the pixels the vendor makes. */
export interface Size extends Pixels {
  readonly ratio: Ratio;
  readonly resolution: Resolution;
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

const shortEdges: Record<Resolution, number> = { "480p": 480, "720p": 720, "1080p": 1_080, "4k": 2_160 };

/** The pixels that the two words stand for: 720p of 16:9 is 1280x720. Video has even edges. */
export function pixelsOf(ratio: Ratio, resolution: Resolution): Pixels {
  const short = shortEdges[resolution];
  const value = ratioValue(ratio);
  return value >= 1
    ? { width: even(short * value), height: short }
    : { width: short, height: even(short / value) };
}

/** Have these pixels the ratio, as nearly as even edges allow? */
export function hasRatio({ width, height }: Pixels, ratio: Ratio): boolean {
  const value = ratioValue(ratio);
  return width === even(height * value) || height === even(width / value);
}

function even(length: number): number {
  return 2 * Math.round(length / 2);
}

/** How far two sizes are apart, as |ln| of their widths and heights: 0 for equal, 0.81 from 720p to 1080p. */
export function pixelDistance(a: Pixels, b: Pixels): number {
  return Math.abs(Math.log(a.width / b.width)) + Math.abs(Math.log(a.height / b.height));
}

/** How far two ratios are apart, as |ln(a/b)|: 0 for equal, 0.29 between 16:9 and 4:3. */
export function ratioDistance(a: Ratio, b: Ratio): number {
  return Math.abs(Math.log(ratioValue(a) / ratioValue(b)));
}
