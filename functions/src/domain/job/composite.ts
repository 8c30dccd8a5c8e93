import { hashId } from "../hash.js";
import type { CompositePlan } from "../selection/composite-plan.js";
import type { StepName } from "./composite-steps.js";
import type { Output } from "./job.js";

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

/** Derived from the whole, so that whoever starts a part after a crash finds the one that is there. */
export function partId(wholeId: string, name: string): string {
  return hashId(`part:${wholeId}:${name}`);
}

export function storedPart(composition: Composition | undefined, name: string): StoredPart | undefined {
  return composition?.parts.find((part) => part.name === name);
}
