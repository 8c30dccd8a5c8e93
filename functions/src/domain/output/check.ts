import type { Policy } from "../policy/policy.js";
import type { GenerationPlan } from "../provider/provider.js";
import { type Ratio, ratioValue } from "../provider/resolution.js";
import { requestedSeconds } from "../request/request.js";
import type { JobRequest } from "../request/scene.js";

/** What a stored video turned out to be. */
export interface VideoFacts {
  readonly width: number;
  readonly height: number;
  readonly durationSeconds: number;
  readonly codec: string;
  readonly hasAudio: boolean;
}

export type Inspection =
  | { readonly ok: true; readonly facts: VideoFacts }
  | {
      readonly ok: false;
      readonly defect: FileDefect;
      readonly detail: string;
      /** What a converter may make a sound file of it with; absent when nothing can. */
      readonly remedy?: Remedy;
    };

/** Write the same frames anew, do so under the name that Apple's players open, or encode them again. */
export type Remedy = "remux" | "retag" | "encode";

/** How a file may become one that plays everywhere; `null` when it is that already, or never can be. */
export function remedyFor(inspection: Inspection): Remedy | null {
  if (!inspection.ok) return inspection.remedy ?? null;
  return inspection.facts.codec === "hev1" ? "retag" : null;
}

/** What can be wrong with a file in itself. `unplayable`: whole, but in a codec that browsers do not play. */
export type FileDefect = "empty" | "not_mp4" | "truncated" | "no_video" | "corrupt" | "unplayable";

/** Codecs round a clip to whole frames, and sound ends on its own frame. */
const durationTolerance = { fraction: 0.1, seconds: 0.35 };
const ratioTolerance = 0.03;

interface Pixels {
  readonly width: number;
  readonly height: number;
}

/** What the caller asked for, where a plan may differ from it, and how far from it a file may be. */
export interface Asked {
  readonly seconds: number;
  readonly ratio: Ratio;
  readonly shorterFraction: number;
  readonly ratioDistance: number;
}

/** `undefined` for a scene: its parts are requests of their own. */
export function askedOf(request: JobRequest, { output, adjustments }: Policy): Asked | undefined {
  if (request.kind === "scene") return undefined;
  return {
    seconds: requestedSeconds(request),
    ratio: request.aspectRatio,
    shorterFraction: output.shorterFraction,
    ratioDistance: adjustments.ratioDistance,
  };
}

/**
 * What a sound file lacks of what was asked, or `null`. It fits when it is what was planned or what was
 * asked for: whoever asked for 5 s and is given 5 s has what is paid for, though 6 s were planned.
 */
export function mismatch(
  facts: VideoFacts,
  plan: GenerationPlan,
  pixelTolerance: number,
  asked?: Asked,
): string | null {
  const wrong = plan.shapeFromPicture === true ? null : wrongRatio(facts, plan, asked);
  if (wrong !== null) return wrong;
  if (isTooSmall(facts, plan, pixelTolerance)) return tooSmall(facts, plan);
  const spoken = plan.mode === "avatar" || plan.mode === "photo";
  if (!spoken) return wrongSeconds(facts, plan, asked);
  if (!facts.hasAudio) return "no sound although it is spoken";
  return facts.durationSeconds > 0 ? null : "no length";
}

/** Beyond this many times its length, and some seconds, a file is no longer video: its times are wrong. */
const longestFactor = 20;
const longestMoreSeconds = 10;

/** A longer file is as good, and costs its owner no more: what is missing is refused, and what cannot be. */
function wrongSeconds({ durationSeconds }: VideoFacts, plan: GenerationPlan, asked?: Asked): string | null {
  const planned = plan.durationSeconds - toleranceOf(plan.durationSeconds);
  const least =
    asked === undefined ? planned : Math.min(planned, asked.seconds * (1 - asked.shorterFraction));
  const most = Math.max(plan.durationSeconds, asked?.seconds ?? 0) * longestFactor + longestMoreSeconds;
  if (durationSeconds > 0 && durationSeconds >= least && durationSeconds <= most) return null;
  return durationSeconds > 0
    ? `${durationSeconds.toFixed(2)} s instead of ${plan.durationSeconds} s`
    : "no length";
}

function toleranceOf(seconds: number): number {
  return Math.max(durationTolerance.fraction * seconds, durationTolerance.seconds);
}

/** Is what was put together longer or shorter than its parts? `null` when it is not. */
export function wrongLength({ durationSeconds }: VideoFacts, asked: number): string | null {
  const tolerance = toleranceOf(asked);
  if (Math.abs(durationSeconds - asked) > tolerance) {
    return `${durationSeconds.toFixed(2)} s instead of ${asked} s`;
  }
  return durationSeconds > 0 ? null : "no length";
}

/** What a whole picture lacks of what was asked, or `null`. */
export function pictureMismatch(
  picture: Pixels,
  plan: GenerationPlan,
  pixelTolerance: number,
): string | null {
  const wrong = wrongRatio(picture, plan);
  if (wrong !== null) return wrong;
  return isTooSmall(picture, plan, pixelTolerance) ? tooSmall(picture, plan) : null;
}

function wrongRatio({ width, height }: Pixels, { size }: GenerationPlan, asked?: Asked): string | null {
  const found = width / height;
  const isAsPlanned = Math.abs(found / (size.width / size.height) - 1) <= ratioTolerance;
  // No further from what was asked than a plan itself may be.
  const isAsAsked =
    asked !== undefined && Math.abs(Math.log(found / ratioValue(asked.ratio))) <= asked.ratioDistance;
  return isAsPlanned || isAsAsked ? null : `ratio ${width}:${height} instead of ${size.ratio}`;
}

/**
 * A larger file is as good. Where the shape follows a picture no side is known before: then the area
 * counts, against the smallest that a resolution has in any shape, a square of its short edge.
 */
function isTooSmall(
  { width, height }: Pixels,
  { size, shapeFromPicture }: GenerationPlan,
  tolerance: number,
): boolean {
  const least = 1 - tolerance;
  if (shapeFromPicture === true) {
    return width * height < (Math.min(size.width, size.height) * least) ** 2;
  }
  return width < size.width * least || height < size.height * least;
}

function tooSmall({ width, height }: Pixels, { size }: GenerationPlan): string {
  return `${width}x${height} pixels instead of ${size.width}x${size.height} (${size.resolution})`;
}
