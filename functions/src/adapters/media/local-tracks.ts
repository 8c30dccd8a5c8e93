import { open } from "node:fs/promises";
import type { InputVideoTrack } from "mediabunny";
import type { VideoFacts } from "../../domain/output/check.js";
import { withMediaInput } from "./media-reader.js";

/** What is in a file on this machine, as far as converting and joining depend on it. */
export interface LocalTracks {
  /**
   * How the picture is encoded and shown, as a text: two files with the same text can follow each other
   * without being encoded again. One decoder configuration fits both, and players show both alike.
   */
  readonly encoding: string;
  readonly codec: string;
  readonly colour: Colour;
  /** Brighter than ordinary screens show: PQ or HLG. */
  readonly isHighDynamicRange: boolean;
  readonly sound: { readonly sampleRate: number; readonly channels: number } | null;
}

/** In ffmpeg's words; what a file does not say is absent. */
export interface Colour {
  readonly matrix?: string;
  readonly primaries?: string;
  readonly transfer?: string;
}

export async function readLocalTracks(localPath: string): Promise<LocalTracks> {
  const file = await open(localPath);
  try {
    const { size } = await file.stat();
    const reader = {
      size,
      async read(offset: number, length: number) {
        const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, offset);
        return buffer.subarray(0, bytesRead);
      },
    };
    return await withMediaInput(reader, async (input) => {
      const video = await input.getPrimaryVideoTrack();
      if (video === null) throw new Error("there is no video track");
      const audio = await input.getPrimaryAudioTrack();
      return {
        encoding: await encodingOf(video),
        codec: (await video.getCodecParameterString()) ?? "",
        colour: await colourOf(video),
        isHighDynamicRange: await video.hasHighDynamicRange(),
        sound:
          audio === null
            ? null
            : { sampleRate: await audio.getSampleRate(), channels: await audio.getNumberOfChannels() },
      };
    });
  } finally {
    await file.close();
  }
}

/** Stands for what cannot be read: like nothing else, and with ordinary colours. */
export function unknownTracks(name: string, { hasAudio }: VideoFacts): LocalTracks {
  const sound = hasAudio ? { sampleRate: 48_000, channels: 2 } : null;
  return { encoding: name, codec: "", colour: {}, isHighDynamicRange: false, sound };
}

async function encodingOf(track: InputVideoTrack): Promise<string> {
  const config = await track.getDecoderConfig();
  const aspect = await track.getPixelAspectRatio();
  return JSON.stringify([
    [config?.codec, hex(config?.description)],
    [await track.getCodedWidth(), await track.getCodedHeight(), aspect.num, aspect.den],
    [await track.getRotation(), await track.getColorSpace(), await track.getTimeResolution()],
  ]);
}

/** Where ffmpeg has another word than browsers. */
const ffmpegWords: Readonly<Record<string, string>> = {
  "bt2020-ncl": "bt2020nc",
  pq: "smpte2084",
  hlg: "arib-std-b67",
};

async function colourOf(track: InputVideoTrack): Promise<Colour> {
  const { matrix, primaries, transfer } = await track.getColorSpace();
  // "rgb" is no matrix, and what we encode is never RGB.
  const word = (name: string | null | undefined) =>
    name == null || name === "rgb" ? undefined : (ffmpegWords[name] ?? name);
  return Object.fromEntries(
    Object.entries({ matrix: word(matrix), primaries: word(primaries), transfer: word(transfer) }).filter(
      ([, value]) => value !== undefined,
    ),
  );
}

function hex(bytes: ArrayBufferLike | ArrayBufferView | undefined): string {
  if (bytes === undefined) return "";
  const view = ArrayBuffer.isView(bytes)
    ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    : new Uint8Array(bytes);
  return Buffer.from(view).toString("hex");
}
