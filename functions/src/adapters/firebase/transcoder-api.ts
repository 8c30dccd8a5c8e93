import { z } from "zod";
import type { VideoFacts } from "../../domain/output/check.js";
import type { VideoCodec } from "../../domain/output/conversion.js";

export interface TranscoderClientOptions {
  readonly projectId: string;
  readonly location: string;
  readonly baseUrl?: string;
  /** Instead of the credentials that the functions run with. */
  readonly authorize?: () => Promise<Record<string, string>>;
}

/** The fields of a job of the Transcoder API that we read. */
const transcoderJob = z.object({
  name: z.string(),
  state: z.string().nullish(),
  error: z.object({ message: z.string().nullish() }).nullish(),
});
export type TranscoderJob = z.output<typeof transcoderJob>;

export interface TranscoderClient {
  create(body: unknown): Promise<TranscoderJob>;
  get(name: string): Promise<TranscoderJob>;
  /** Also ends one that is running. */
  delete(name: string): Promise<void>;
}

const callTimeoutMs = 30_000;

/** The three calls that we need. Google's client library would make every start of a function slower. */
export function transcoderClient(options: TranscoderClientOptions): TranscoderClient {
  const { projectId, location, baseUrl = "https://transcoder.googleapis.com" } = options;
  const { authorize = googleAuthorization() } = options;
  const parent = `projects/${projectId}/locations/${location}`;

  async function call(method: string, path: string, body?: unknown): Promise<string> {
    const response = await fetch(`${baseUrl}/v1/${path}`, {
      method,
      headers: { ...(await authorize()), "content-type": "application/json" },
      signal: AbortSignal.timeout(callTimeoutMs),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`the transcoder answered ${response.status}: ${text.slice(0, 200)}`);
    return text;
  }

  return {
    create: async (body) => transcoderJob.parse(JSON.parse(await call("POST", `${parent}/jobs`, body))),
    get: async (name) => transcoderJob.parse(JSON.parse(await call("GET", name))),
    delete: async (name) => {
      await call("DELETE", name);
    },
  };
}

function googleAuthorization(): () => Promise<Record<string, string>> {
  let opened: Promise<{ getAccessToken(): Promise<string | null | undefined> }> | undefined;
  return async () => {
    opened ??= import("google-auth-library").then(
      ({ GoogleAuth }) => new GoogleAuth({ scopes: "https://www.googleapis.com/auth/cloud-platform" }),
    );
    return { authorization: `Bearer ${await (await opened).getAccessToken()}` };
  };
}

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
/** Bits a second for each pixel where nobody asked for a bitrate: what streaming services use. */
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
