import { sha256 } from "../hash.js";
import type { StepName } from "./composite-steps.js";
import type { Output } from "./job.js";

/**
 * How a job is put together of other jobs, its parts. Decided when it starts and kept with its
 * attempt, so that every later look at it continues the same plan.
 */
export type CompositePlan =
  /** A picture, then a video that begins with it. */
  | { readonly type: "scene" }
  /** Several generations that follow one another in the finished video. */
  | {
      readonly type: "segments";
      readonly seconds: readonly number[];
      /** Of the first choice; the other segments prefer it, so that they look alike. */
      readonly model: string;
      /** Each begins with the last frame of the one before. */
      readonly inTurn: boolean;
      /** They become one file. */
      readonly joined: boolean;
    };

/** The place of a job in another. Parts hold no credits: the whole pays. */
export interface PartOf {
  readonly jobId: string;
  readonly name: string;
}

/** What is known of a job's parts so far; commits of the whole, not of its parts. */
export interface Composition {
  /** Set when it is decided; a later try goes by the same, or its parts would not fit those that are kept. */
  readonly plan?: CompositePlan;
  /** In the order in which they were reached. */
  readonly steps: readonly JobStep[];
  readonly parts: readonly StoredPart[];
}

export interface JobStep {
  readonly name: StepName;
  readonly percent: number;
  readonly at: number;
}

/** A part that is made, stored and checked. It stays when the whole fails after all. */
export interface StoredPart {
  readonly name: string;
  /** The job that made it: one of an earlier try where this is a retry. */
  readonly jobId: string;
  readonly output: Output;
  /** Credits that were charged for it by itself. */
  readonly chargedCredits: number;
}

export function partNames(plan: CompositePlan): string[] {
  if (plan.type === "scene") return ["image", "video"];
  return plan.seconds.map((_, index) => segmentName(index + 1));
}

export function segmentName(number: number): string {
  return `segment-${number}`;
}

/** Derived from the whole, so that whoever starts a part after a crash finds the one that is there. */
export function partId(wholeId: string, name: string): string {
  return sha256(`part:${wholeId}:${name}`).slice(0, 24);
}

export function storedPart(composition: Composition | undefined, name: string): StoredPart | undefined {
  return composition?.parts.find((part) => part.name === name);
}
