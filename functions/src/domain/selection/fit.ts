import type { Policy } from "../policy/policy.js";
import { promptAdjustments } from "../prompt/adjustments.js";
import { requiredText } from "../prompt/brand.js";
import { buildPrompt } from "../prompt/prompt.js";
import type { Durations, Mode, ProviderModel } from "../provider/model.js";
import { textLength } from "../provider/model.js";
import {
  hasRatio,
  type Pixels,
  pixelDistance,
  pixelsOf,
  ratioDistance,
  resolutionSteps,
  type Size,
} from "../provider/resolution.js";
import {
  type Adjustment,
  type ModelRequest,
  modeOf,
  requestedPixels,
  requestedSeconds,
} from "../request/request.js";

/** Why a model cannot serve a request at all, or would have to change it too much. */
export type UnfitReason =
  | "kind_unsupported"
  | "ratio_unsupported"
  | "resolution_unsupported"
  | "duration_unsupported"
  | "audio_unsupported"
  | "references_unsupported"
  | "text_too_long"
  | "text_too_short"
  | "model_ended";

/** The nearest shape that a model makes, and how far it is from what was asked. */
export interface Fit {
  readonly mode: Mode;
  readonly size: Size;
  readonly durationSeconds: number;
  readonly audio: boolean;
  readonly ratioDistance: number;
  /** Signed: negative is less than asked. */
  readonly resolutionSteps: number;
  /** From the pixels that its own ratio and resolution stand for. */
  readonly pixelDistance: number;
  readonly secondsDelta: number;
  /** Set when the video is made of several generations, which together last `durationSeconds`. */
  readonly segments?: {
    readonly seconds: readonly number[];
    /** One begins where the other ends, so they are made one after the other. */
    readonly inTurn: boolean;
    /** They become one file. */
    readonly joined: boolean;
  };
}

/** Finds the nearest shape of a model. Depends on catalogue and request only, not on the policy. */
export function fitModel(model: ProviderModel, request: ModelRequest, today: string): Fit | UnfitReason {
  const mode = model.modes[modeOf(request)];
  if (mode === undefined) return "kind_unsupported";
  if (model.availableUntil !== undefined && today > model.availableUntil) return "model_ended";
  if (request.audio && mode.audio === "none") return "audio_unsupported";
  if (!takesReferences(mode, request)) return "references_unsupported";
  if (textLength(requiredText(request), mode.textLimit.unit) > mode.textLimit.max) return "text_too_long";
  if (isTooShort(mode, request)) return "text_too_short";
  const size = nearestSize(mode.sizes, request);
  if (size === undefined) return "ratio_unsupported";
  const asked = requestedSeconds(request);
  const durationSeconds = nearestDuration(mode.durations, asked);
  if (durationSeconds === null) return "duration_unsupported";
  return {
    mode,
    size,
    durationSeconds,
    audio: mode.audio === "always" || (mode.audio === "optional" && request.audio),
    ratioDistance: ratioDistance(request.aspectRatio, size.ratio),
    resolutionSteps: resolutionSteps(request.resolution, size.resolution),
    pixelDistance: pixelDistance(size, pixelsMeant(request, size)),
    secondsDelta: durationSeconds - asked,
  };
}

/** The pixels that a size ought to have by its own words, or those that were asked for where it has the asked ones. */
function pixelsMeant(request: ModelRequest, { ratio, resolution }: Size): Pixels {
  const isAsked = ratio === request.aspectRatio && resolution === request.resolution;
  return isAsked ? requestedPixels(request) : pixelsOf(ratio, resolution);
}

function takesReferences({ references }: Mode, request: ModelRequest): boolean {
  const count = request.kind === "still" ? (request.references?.length ?? 0) : 0;
  return count >= (references?.min ?? 0) && count <= (references?.max ?? 0);
}

/** What is added to the caller's words counts as well; it is only put together when they are too few. */
function isTooShort(mode: Mode, request: ModelRequest): boolean {
  const { textMin = 0, textLimit } = mode;
  const fallsShort = (text: string) => textLength(text, textLimit.unit) < textMin;
  return fallsShort(requiredText(request)) && fallsShort(buildPrompt(request, mode).text);
}

/** Why the nearest shape is not near enough for the policy; `null` when it is. */
export function adjustmentRefusal(
  fit: Pick<Fit, "ratioDistance" | "resolutionSteps" | "secondsDelta">,
  askedSeconds: number,
  rules: Policy["adjustments"],
): UnfitReason | null {
  if (fit.ratioDistance > rules.ratioDistance) return "ratio_unsupported";
  if (fit.resolutionSteps < -rules.resolutionStepsDown || fit.resolutionSteps > rules.resolutionStepsUp) {
    return "resolution_unsupported";
  }
  const shorter = Math.max(rules.shorterSeconds, rules.shorterFraction * askedSeconds);
  const longer = Math.max(rules.longerSeconds, rules.longerFraction * askedSeconds);
  if (-fit.secondsDelta > shorter || fit.secondsDelta > longer) return "duration_unsupported";
  return null;
}

/** Everything that differs from what was asked, in words for the caller. */
export function adjustmentsOf(model: ProviderModel, request: ModelRequest, fit: Fit): Adjustment[] {
  const found = shapeAdjustments(model, request, fit);
  const add = (field: string, asked: string, given: string, reason: string) =>
    found.push(adjusted(field, asked, given, reason));
  if (request.kind !== "avatar" && request.kind !== "still" && fit.segments !== undefined) {
    const { seconds, joined } = fit.segments;
    add(
      "durationSeconds",
      `${request.durationSeconds} s`,
      `${seconds.join(" + ")} s`,
      "no model makes one that long",
    );
    if (!joined) {
      add("output", "one file", `a list of ${seconds.length} segments`, "no converter here joins them");
    }
  } else if (request.kind !== "avatar" && request.kind !== "still" && fit.secondsDelta !== 0) {
    const asked = `${request.durationSeconds} s`;
    add(
      "durationSeconds",
      asked,
      `${fit.durationSeconds} s`,
      `${model.label} makes ${lengths(fit.mode.durations)}`,
    );
  }
  if (request.kind === "avatar" && request.durationSeconds !== undefined) {
    add(
      "durationSeconds",
      `${request.durationSeconds} s`,
      "length of the speech",
      "the script decides the length",
    );
  }
  if (!request.audio && fit.audio && request.kind !== "avatar") {
    add("audio", "false", "true", `${model.label} always has sound`);
  }
  if (request.seed !== undefined && fit.mode.seed !== true) {
    add("seed", String(request.seed), "none", `${model.label} takes no seed`);
  }
  return [...found, ...promptAdjustments(model.label, buildPrompt(request, fit.mode), fit.mode.textLimit)];
}

/** What differs in ratio and pixels, also where the vendor has the same word for them. */
function shapeAdjustments(model: ProviderModel, request: ModelRequest, { mode, size }: Fit): Adjustment[] {
  const { aspectRatio, resolution, pixels } = request;
  const { label } = model;
  const found: Adjustment[] = [];
  if (size.ratio !== aspectRatio) {
    found.push(adjusted("aspectRatio", aspectRatio, size.ratio, `${label} has no ${aspectRatio}`));
  }
  if (mode.shapeFromPicture === true) {
    found.push(adjusted("aspectRatio", aspectRatio, "that of the picture", `${label} follows the picture`));
  } else if (size.ratio === aspectRatio && pixels === undefined && !hasRatio(size, aspectRatio)) {
    const reason = `${label} makes ${named(size)} of it`;
    found.push(adjusted("aspectRatio", aspectRatio, ratioInWords(size), reason));
  }
  const asked = pixels === undefined ? resolution : named(pixels);
  if (size.resolution !== resolution) {
    const isPlain = isSame(size, pixelsOf(size.ratio, size.resolution));
    const given = isPlain ? size.resolution : `${size.resolution} (${named(size)})`;
    found.push(adjusted("resolution", asked, given, `${label} has no ${resolution}`));
  } else if (!isSame(size, pixelsMeant(request, size))) {
    found.push(adjusted("resolution", asked, named(size), `${label} makes ${size.ratio} in these pixels`));
  }
  return found;
}

function adjusted(field: string, asked: string, given: string, reason: string): Adjustment {
  return { field, asked, given, reason };
}

function isSame(a: Pixels, b: Pixels): boolean {
  return a.width === b.width && a.height === b.height;
}

export function named({ width, height }: Pixels): string {
  return `${width}x${height}`;
}

/** To the thousandth: 1104x832 is 1.327:1, where 4:3 is 1.333:1. */
function ratioInWords({ width, height }: Pixels): string {
  const rounded = (value: number) => Number(value.toFixed(3));
  return width >= height ? `${rounded(width / height)}:1` : `1:${rounded(height / width)}`;
}

function lengths(durations: Durations): string {
  switch (durations.type) {
    case "discrete":
      return `${durations.seconds.join(", ")} s`;
    case "range":
      return `${durations.minSeconds} to ${durations.maxSeconds} s`;
    case "script":
      return "the length of the script";
    case "none":
      return "pictures";
  }
}

/** Same ratio first, then the nearest resolution; of two equally near the larger. */
function nearestSize(sizes: readonly Size[], request: ModelRequest): Size | undefined {
  let best: Size | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const size of sizes) {
    const steps = resolutionSteps(request.resolution, size.resolution);
    const distance =
      ratioDistance(request.aspectRatio, size.ratio) * 100 + (steps < 0 ? -steps + 0.5 : steps);
    if (distance < bestDistance) {
      best = size;
      bestDistance = distance;
    }
  }
  return best;
}

/** The nearest length; of two equally near the longer. `null` when a script is too long. */
function nearestDuration(durations: Durations, askedSeconds: number): number | null {
  switch (durations.type) {
    case "discrete": {
      let best: number | null = null;
      for (const seconds of durations.seconds) {
        const distance = Math.abs(seconds - askedSeconds);
        const bestDistance = best === null ? Number.POSITIVE_INFINITY : Math.abs(best - askedSeconds);
        if (distance < bestDistance || (distance === bestDistance && seconds > (best ?? 0))) best = seconds;
      }
      return best;
    }
    case "range": {
      const { minSeconds, maxSeconds, stepSeconds } = durations;
      const steps = Math.round((askedSeconds - minSeconds) / stepSeconds);
      return Math.min(maxSeconds, Math.max(minSeconds, minSeconds + steps * stepSeconds));
    }
    case "script":
      return askedSeconds <= durations.maxSeconds ? askedSeconds : null;
    case "none":
      return 0;
  }
}
