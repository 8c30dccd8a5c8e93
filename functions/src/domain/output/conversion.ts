import type { Resolution } from "../provider/resolution.js";
import { presetValues } from "../request/presets.js";
import {
  type Adjustment,
  type ModelRequest,
  requestedSeconds,
  type VideoRequest,
} from "../request/request.js";
import type { VideoFacts } from "./check.js";

export type VideoCodec = "h264" | "h265";

/** What is to be made of a file. A bitrate is a ceiling for picture and sound together. */
export type ConversionSpec =
  | { readonly format: "mp4"; readonly codec: VideoCodec; readonly bitrateKbps?: number }
  | { readonly format: "gif" };

export type ConverterCapability = VideoCodec | "gif" | "join" | "lastFrame" | "thumbnail";

/** What must be known of a converter before a request is accepted that needs it. */
export interface ConverterLimits {
  readonly capabilities: ReadonlySet<ConverterCapability>;
  /** Shorter files are not taken. */
  readonly minSeconds: number;
}

type WantedOutput = VideoRequest["output"];

/** No rate control hits its mark exactly, so a file this far above it counts as being there. */
const bitrateTolerance = 1.15;
/** A clip of a second or two begins with a whole picture, which no ceiling makes small. */
const shortClipTolerance = 1.5;
const lengthTolerance = { fraction: 0.05, seconds: 0.35 };
const ratioTolerance = 0.03;

/**
 * The least that a picture of moving things is encoded in at the coarsest: measured with noisy pictures
 * (2026-11-30), and growing with the pixels. Below it no encoder keeps to the limit, and the paid file
 * could not be converted.
 */
const leastKbps: Readonly<Record<Resolution, number>> = { "480p": 100, "720p": 100, "1080p": 225, "4k": 900 };

/** Can this be had only by a conversion? Providers deliver MP4 with H.264 at a bitrate of their own. */
export function needsConverter({ format, codec, bitrateKbps }: WantedOutput): boolean {
  return format === "gif" || codec === "h265" || bitrateKbps !== undefined;
}

/** Why this output cannot be made here, in words for the caller that begin with the field; `null` when it can. */
export function outputProblem(request: VideoRequest, converter: ConverterLimits | null): string | null {
  const { output, resolution } = request;
  const { format, codec, bitrateKbps } = output;
  if (format === "gif") {
    if (codec !== undefined || bitrateKbps !== undefined) {
      return "output: a GIF has neither codec nor bitrateKbps; leave them out";
    }
    if (request.audio || request.kind === "avatar") return "output: a GIF has no sound; ask for mp4";
  }
  if (!needsConverter(output)) return null;
  const least = leastKbps[resolution];
  if (bitrateKbps !== undefined && bitrateKbps < least) {
    return `output.bitrateKbps: ${resolution} cannot be encoded in ${bitrateKbps} kbit/s; ask for at least ${least}, or for a lower resolution`;
  }
  const capability = format === "gif" ? "gif" : (codec ?? "h264");
  if (converter?.capabilities.has(capability) !== true) {
    return `output: ${capability} needs a conversion, and no converter here makes it; leave output out for the provider's own mp4`;
  }
  if (requestedSeconds(request) < converter.minSeconds) {
    return `output: videos under ${converter.minSeconds} s are not converted here; ask for a longer one or leave output out`;
  }
  return null;
}

/** The ceiling of a preset is a wish: where nobody can keep it, the request is made without it. */
export function withoutVainCeiling(request: VideoRequest, converter: ConverterLimits | null): VideoRequest {
  const isVain = isPresetCeiling(request) && outputProblem(request, converter) !== null;
  return isVain ? { ...request, output: { format: "mp4" } } : request;
}

function isPresetCeiling({ preset, kind, output }: VideoRequest): boolean {
  const ceiling = presetValues(preset, kind).output?.bitrateKbps;
  return (
    ceiling !== undefined && output.bitrateKbps === ceiling && isPlain({ ...output, bitrateKbps: undefined })
  );
}

/** What became of the ceiling of a preset, for its caller. */
export function ceilingAdjustments(request: ModelRequest, converter: ConverterLimits | null): Adjustment[] {
  const ceiling = presetValues(request.preset, request.kind).output?.bitrateKbps;
  if (ceiling === undefined || !isPlain(request.output)) return [];
  if (converter?.capabilities.has("h264") === true) return [];
  return [
    {
      field: "output.bitrateKbps",
      asked: String(ceiling),
      given: "the provider's own",
      reason: "no converter here limits it",
    },
  ];
}

function isPlain({
  format,
  codec,
  bitrateKbps,
}: { [Name in keyof WantedOutput]?: WantedOutput[Name] | undefined }) {
  return format === "mp4" && codec === undefined && bitrateKbps === undefined;
}

/** What differs from what was asked, as an order to a converter; `null` when the file serves as it is. */
export function conversionFor(wanted: WantedOutput, facts: VideoFacts, bytes: number): ConversionSpec | null {
  if (wanted.format === "gif") return { format: "gif" };
  const { bitrateKbps } = wanted;
  const given = codecWord(facts.codec);
  const tooMuch =
    bitrateKbps !== undefined && meanKbps(bytes, facts.durationSeconds) > bitrateKbps * bitrateTolerance;
  const otherCodec = wanted.codec !== undefined && wanted.codec !== given;
  if (!tooMuch && !otherCodec) return null;
  const codec = wanted.codec ?? given ?? "h264";
  return { format: "mp4", codec, ...(bitrateKbps === undefined ? {} : { bitrateKbps }) };
}

export function capabilityFor(spec: ConversionSpec): ConverterCapability {
  return spec.format === "gif" ? "gif" : spec.codec;
}

/** What a converted file lacks; `null` when it is what was ordered and still the same video. */
export function conversionProblem(
  spec: ConversionSpec,
  before: VideoFacts,
  after: VideoFacts,
  bytes: number,
): string | null {
  const wanted = spec.format === "gif" ? "gif" : spec.codec;
  const made = after.codec === "gif" ? "gif" : codecWord(after.codec);
  if (made !== wanted) return `${after.codec} instead of ${wanted}`;
  const tolerance = Math.max(lengthTolerance.fraction * before.durationSeconds, lengthTolerance.seconds);
  if (Math.abs(after.durationSeconds - before.durationSeconds) > tolerance) {
    return `${after.durationSeconds.toFixed(2)} s of ${before.durationSeconds.toFixed(2)} s`;
  }
  const ratios = [before, after].map(({ width, height }) => width / height);
  const [ratioBefore = 1, ratioAfter = 1] = ratios;
  if (Math.abs(ratioAfter / ratioBefore - 1) > ratioTolerance) return "another ratio";
  if (spec.format === "gif") return null;
  if (before.hasAudio && !after.hasAudio) return "the sound is gone";
  const kbps = meanKbps(bytes, after.durationSeconds);
  if (spec.bitrateKbps !== undefined && kbps > spec.bitrateKbps * shortClipTolerance) {
    return `${Math.round(kbps)} kbit/s instead of ${spec.bitrateKbps}`;
  }
  return null;
}

/** Our word for a codec as files spell it: `avc1`, `hvc1`, `hev1`. */
function codecWord(codec: string): VideoCodec | null {
  if (/^(avc|h264)/.test(codec)) return "h264";
  return /^(hvc|hev|h265)/.test(codec) ? "h265" : null;
}

function meanKbps(bytes: number, seconds: number): number {
  return (bytes * 8) / 1_000 / Math.max(seconds, 0.1);
}
