import type { Catalogue } from "../provider/catalogue.js";
import type { Durations, ModeName, ProviderModel } from "../provider/model.js";
import { type ExactField, exactFieldsOf, type ModelRequest, type VideoRequest } from "../request/request.js";
import type { RejectedCandidate } from "./decision.js";
import { type Fit, fitModel, type UnfitReason } from "./fit.js";
import { rejection } from "./rejections.js";

/** A long video is this near to what was asked for, as a share of it. */
const lengthTolerance = 0.05;
const mostSegments = 30;

/** Lengths that a model really makes, one for each segment, in their order. */
export type Split = readonly number[];

/**
 * The fewest segments that come near enough, of one length where there is such a length, and otherwise of
 * two neighbouring ones; `null` when there is neither.
 */
export function splitOf(durations: Durations, seconds: number, tolerance = lengthTolerance): Split | null {
  const lengths = lengthsOf(durations);
  const counts = Array.from({ length: mostSegments - 1 }, (_, index) => index + 2);
  const isNear = (split: Split) => Math.abs(total(split) - seconds) <= tolerance * seconds;
  const equal = counts.map((count): Split => Array(count).fill(nearest(lengths, seconds / count)));
  const mixed = counts.map((count) => mixedSplit(lengths, seconds, count));
  return lengths.length === 0 ? null : ([...equal, ...mixed].find(isNear) ?? null);
}

export function total(split: Split): number {
  return split.reduce((sum, seconds) => sum + seconds, 0);
}

function mixedSplit(lengths: readonly number[], seconds: number, count: number): Split {
  const mean = seconds / count;
  const shorter = lengths.filter((length) => length <= mean).at(-1) ?? lengths[0] ?? 0;
  const longer = lengths.find((length) => length > mean) ?? shorter;
  const share = longer === shorter ? 0 : (seconds - count * shorter) / (longer - shorter);
  const longOnes = Math.min(count, Math.max(0, Math.round(share)));
  return [...Array(longOnes).fill(longer), ...Array(count - longOnes).fill(shorter)];
}

/** Of two equally near the longer. */
function nearest(lengths: readonly number[], seconds: number): number {
  const byDistance = [...lengths].sort((a, b) => Math.abs(a - seconds) - Math.abs(b - seconds) || b - a);
  return byDistance[0] ?? 0;
}

/** All lengths that a model makes, ascending; none where the script or nothing decides. */
export function lengthsOf(durations: Durations): readonly number[] {
  if (durations.type === "discrete") return durations.seconds;
  if (durations.type !== "range") return [];
  const { minSeconds, maxSeconds, stepSeconds } = durations;
  const count = Math.floor((maxSeconds - minSeconds) / stepSeconds) + 1;
  return Array.from({ length: count }, (_, index) => minSeconds + index * stepSeconds);
}

function makes(durations: Durations, seconds: number): boolean {
  return lengthsOf(durations).includes(seconds);
}

/** What an installation does with segments: `inTurn`, each begins with the end of the one before. */
export interface SegmentCare {
  readonly inTurn: boolean;
  readonly joined: boolean;
}

/** Requests that can be made of segments: what follows needs no more than a picture to begin with. */
export type LongRequest = Extract<VideoRequest, { kind: "text" | "image" }>;

export function canBeSplit(request: ModelRequest): request is LongRequest {
  return request.kind === "text" || request.kind === "image";
}

/**
 * Is it the length alone that keeps every model from making this in one generation? Of models that are
 * not on offer only their length counts.
 */
export function isTooLong(
  rejected: readonly RejectedCandidate[],
  isOnOffer: (model: string) => boolean = () => true,
  exact: readonly ExactField[] = [],
): boolean {
  const lacksLength = ({ reason, adjustments = [] }: RejectedCandidate) =>
    reason === "duration_unsupported" ||
    (reason === "not_exact" &&
      exact.includes("durationSeconds") &&
      adjustments.some(({ field }) => field === "durationSeconds"));
  return (
    rejected.some(lacksLength) &&
    rejected.every(({ model, reason }) => !isOnOffer(model) || rejection(reason).about !== "state")
  );
}

/** Finds how a model makes a long video. `planned` leaves the lengths as an earlier try has them. */
export function fitSegments(
  model: ProviderModel,
  request: LongRequest,
  today: string,
  { inTurn, joined }: SegmentCare,
  planned: Split | null,
): Fit | UnfitReason {
  const fit = fitModel(model, request, today);
  if (typeof fit === "string") return fit;
  const { durations } = fit.mode;
  const tolerance = exactFieldsOf(request).includes("durationSeconds") ? 0 : lengthTolerance;
  const split = planned ?? splitOf(durations, request.durationSeconds, tolerance);
  if (split === null || !split.every((seconds) => makes(durations, seconds))) return "duration_unsupported";
  const following = inTurn ? model.modes.image?.durations : durations;
  if (following === undefined || !split.every((seconds) => makes(following, seconds))) {
    return "duration_unsupported";
  }
  const durationSeconds = total(split);
  const secondsDelta = durationSeconds - request.durationSeconds;
  return { ...fit, durationSeconds, secondsDelta, segments: { seconds: split, inTurn, joined } };
}

/** The models that make exactly this length in a mode. */
export function modelsMaking(catalogue: Catalogue, mode: ModeName, seconds: number): string[] {
  return catalogue.entries
    .filter(({ model }) => {
      const durations = model.modes[mode]?.durations;
      return durations !== undefined && makes(durations, seconds);
    })
    .map(({ model }) => model.id);
}
