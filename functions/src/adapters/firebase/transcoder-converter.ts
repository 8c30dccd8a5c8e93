import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { VideoCodec } from "../../domain/output/conversion.js";
import type { ConversionTarget, Converter, StoredVideo } from "../../engine/ports/converter.js";
import type { MediaStore, StoredObject } from "../../engine/ports/media-store.js";
import { storedContent } from "../../engine/ports/stored-content.js";
import { type Bucket, openBucket } from "./media-store.js";
import { type TranscoderClientOptions, toTranscoderJob, transcoderClient } from "./transcoder-api.js";

export interface TranscoderOptions extends TranscoderClientOptions {
  readonly bucketName: string;
  /** Instead of the bucket of the default app. */
  readonly bucket?: Bucket;
  readonly media: MediaStore;
  readonly pollMs?: number;
  readonly timeoutMs?: number;
}

/** Input files must have five seconds or more (resources.proto, `Input.uri`, read 2026-11-21). */
const minSeconds = 5;

/**
 * Converts with Google's Transcoder API, which reads and writes the bucket itself. Its result is
 * copied by us to where it belongs, because a file counts only with its hash. No GIF and no single
 * picture: the API makes neither by itself.
 */
export function transcoderConverter(options: TranscoderOptions): Converter {
  const { bucketName, media, pollMs = 3_000, timeoutMs = 900_000 } = options;
  const client = transcoderClient(options);

  async function run(
    sources: readonly StoredVideo[],
    target: ConversionTarget,
    shape: { readonly codec: VideoCodec; readonly bitrateKbps?: number },
  ): Promise<StoredObject> {
    const folder = `transcoder/${randomUUID()}/`;
    const fileName = "result.mp4";
    const bucket = await openBucket(options);
    const order = {
      inputs: sources.map(({ path, facts }) => ({ uri: `gs://${bucketName}/${path}`, facts })),
      outputUri: `gs://${bucketName}/${folder}`,
      fileName,
      ...shape,
    };
    const result = bucket.file(`${folder}${fileName}`);
    const { name } = await client.create(toTranscoderJob(order));
    try {
      await untilDone(name);
      const { path, ...write } = target;
      const [{ size }] = await result.getMetadata();
      const content = storedContent(media, { path: result.name, bytes: Number(size) });
      return await media.write(path, content, write);
    } finally {
      // A failure here is ignored: the job is deleted by Google after a day, and the result matters more.
      await client.delete(name).catch(() => undefined);
      await result.delete({ ignoreNotFound: true }).catch(() => undefined);
    }
  }

  async function untilDone(name: string): Promise<void> {
    const attempts = Math.ceil(timeoutMs / pollMs);
    for (let count = 0; count < attempts; count += 1) {
      await delay(pollMs);
      // When this read fails, the next one will tell.
      const job = await client.get(name).catch(() => null);
      if (job?.state === "SUCCEEDED") return;
      if (job?.state === "FAILED") {
        throw new Error(`the transcoder failed: ${(job.error?.message ?? "no reason").slice(0, 200)}`);
      }
    }
    throw new Error(`the transcoder was not done after ${timeoutMs} ms`);
  }

  return {
    name: "transcoder",
    capabilities: new Set(["h264", "h265", "join"]),
    minSeconds,
    convert(source, spec, target) {
      if (spec.format === "gif") return Promise.reject(new Error("the transcoder makes no GIF"));
      const { codec, bitrateKbps } = spec;
      return run([source], target, { codec, ...(bitrateKbps === undefined ? {} : { bitrateKbps }) });
    },
    join: (parts, target) => run(parts, target, { codec: "h264" }),
    lastFrame: () => Promise.reject(new Error("the transcoder makes no single picture")),
    thumbnail: () => Promise.reject(new Error("the transcoder makes no single picture")),
  };
}
