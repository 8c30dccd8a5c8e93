import type { GenerationPlan } from "../provider/provider.js";

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

/** What a sound file lacks of what was asked, or `null`. */
export function mismatch(facts: VideoFacts, plan: GenerationPlan, pixelTolerance: number): string | null {
  const wrong = plan.shapeFromPicture === true ? null : wrongRatio(facts, plan);
  if (wrong !== null) return wrong;
  if (isTooSmall(facts, plan, pixelTolerance)) return tooSmall(facts, plan);
  const spoken = plan.mode === "avatar" || plan.mode === "photo";
  if (!spoken) return wrongLength(facts, plan.durationSeconds);
  if (!facts.hasAudio) return "no sound although it is spoken";
  return facts.durationSeconds > 0 ? null : "no length";
}

/** Is a sound file longer or shorter than this? `null` when it is not. */
export function wrongLength({ durationSeconds }: VideoFacts, asked: number): string | null {
  const tolerance = Math.max(durationTolerance.fraction * asked, durationTolerance.seconds);
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

function wrongRatio({ width, height }: Pixels, { size }: GenerationPlan): string | null {
  const isAsAsked = Math.abs(width / height / (size.width / size.height) - 1) <= ratioTolerance;
  return isAsAsked ? null : `ratio ${width}:${height} instead of ${size.ratio}`;
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
