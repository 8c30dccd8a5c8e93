import type { common } from "./request.js";

/**
 * What becomes of an option in the parts that a video is made of: every part has it as it was asked
 * for, or each has its own value, or it is of the whole alone.
 */
type Fate = "kept" | "per part" | "of the whole";
type Option = keyof typeof common;

/** Of the picture and the video of a scene. A new option does not compile without its line. */
export const sceneOptions = {
  preset: "of the whole",
  style: "kept",
  strategy: "kept",
  camera: "per part",
  negativePrompt: "kept",
  aspectRatio: "per part",
  resolution: "per part",
  exact: "per part",
  quality: "kept",
  audio: "of the whole",
  output: "of the whole",
  maxCostUsd: "per part",
  deadlineSeconds: "kept",
  priority: "kept",
  providers: "per part",
  seed: "kept",
  contentDraftId: "of the whole",
  priceKey: "of the whole",
  metadata: "of the whole",
  requestId: "of the whole",
} as const satisfies Record<Option, Fate>;

/** Of the segments of a long video. */
export const segmentOptions = {
  preset: "of the whole",
  style: "kept",
  strategy: "kept",
  camera: "kept",
  negativePrompt: "kept",
  aspectRatio: "kept",
  resolution: "kept",
  exact: "per part",
  quality: "kept",
  audio: "kept",
  output: "of the whole",
  maxCostUsd: "per part",
  deadlineSeconds: "kept",
  priority: "kept",
  providers: "per part",
  seed: "kept",
  contentDraftId: "kept",
  priceKey: "of the whole",
  metadata: "kept",
  requestId: "of the whole",
} as const satisfies Record<Option, Fate>;

/** The options that every part has as they were asked for. */
export type Kept<Options extends Partial<Record<Option, Fate>>> = {
  [Name in keyof Options]: Options[Name] extends "kept" ? Name : never;
}[keyof Options];

/** `Value`, when these are all the names that it has; otherwise nothing fits. */
export type Exactly<Value, Names> = [keyof Value, Names] extends [Names, keyof Value] ? Value : never;
