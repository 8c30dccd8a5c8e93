import type { VideoFacts } from "../../domain/output/check.js";
import type { VideoCodec } from "../../domain/output/conversion.js";

/**
 * The body of `projects.locations.jobs.create` of the Transcoder API v1, by its published
 * resources.proto (googleapis, read 2026-11-21). Not tried against the live service.
 */
export interface TranscoderOrder {
  readonly inputs: readonly { readonly uri: string; readonly facts: VideoFacts }[];
  /** A folder, with a slash at its end. */
  readonly outputUri: string;
  readonly fileName: string;
  readonly codec: VideoCodec;
  readonly bitrateKbps?: number;
}

/** The API takes the rate of the input where that is lower. */
const mostFramesPerSecond = 60;
/** Bits for a pixel of a second where nobody asked for a bitrate: what streaming ladders allow. */
const bitsPerPixelSecond = { h264: 4, h265: 2.5 } as const;

export function toTranscoderJob(order: TranscoderOrder) {
  const { inputs, outputUri, fileName, codec } = order;
  const hasAudio = inputs.some(({ facts }) => facts.hasAudio);
  const { width = 2, height = 2 } = inputs[0]?.facts ?? {};
  const picture = {
    widthPixels: even(width),
    heightPixels: even(height),
    frameRate: mostFramesPerSecond,
    ...rates(order, hasAudio),
  };
  const video = codec === "h265" ? { h265: picture } : { h264: picture };
  const sound = { codec: "aac", bitrateBps: soundBps(order.bitrateKbps) };
  return {
    ttlAfterCompletionDays: 1,
    config: {
      inputs: inputs.map(({ uri }, index) => ({ key: `input${index}`, uri })),
      // In this order they follow each other.
      editList: inputs.map((_, index) => ({ key: `atom${index}`, inputs: [`input${index}`] })),
      elementaryStreams: [
        { key: "video", videoStream: video },
        ...(hasAudio ? [{ key: "audio", audioStream: sound }] : []),
      ],
      muxStreams: [
        {
          key: "file",
          fileName,
          container: "mp4",
          elementaryStreams: hasAudio ? ["video", "audio"] : ["video"],
        },
      ],
      output: { uri: outputUri },
    },
  };
}

function rates({ inputs, codec, bitrateKbps }: TranscoderOrder, hasAudio: boolean) {
  if (bitrateKbps === undefined) {
    const { width = 2, height = 2 } = inputs[0]?.facts ?? {};
    return { bitrateBps: Math.max(500_000, Math.round(width * height * bitsPerPixelSecond[codec])) };
  }
  const sound = hasAudio ? soundBps(bitrateKbps) : 0;
  return { bitrateBps: Math.max(32_000, bitrateKbps * 1_000 - sound) };
}

function soundBps(bitrateKbps: number | undefined): number {
  if (bitrateKbps === undefined) return 160_000;
  return Math.min(160, Math.max(32, Math.round(bitrateKbps / 8))) * 1_000;
}

function even(pixels: number): number {
  return Math.max(2, Math.round(pixels / 2) * 2);
}
