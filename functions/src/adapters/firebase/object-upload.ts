import { type ClientRequest, request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { z } from "zod";
import { createByteMeter } from "../shared/byte-meter.js";

const uploaded = z.object({ generation: z.string(), md5Hash: z.string().nullish() });

export interface UploadedBytes {
  readonly bytes: number;
  readonly sha256: string;
  readonly generation: string;
}

/** Longer than a download may be silent, so that a silent download fails as a download. */
const idleTimeoutMs = 120_000;

/**
 * Sends a stream of unknown length to an open upload session in one request. The client's own write
 * stream is not used: when its source fails, its request hangs and is repeated in the background
 * (@google-cloud/storage 8.4.0, seen 2026-11-21). Here the request ends with its source, and an
 * object appears only when all of it has arrived.
 */
export async function uploadStream(
  sessionUrl: string,
  source: Readable,
  options: { contentType: string; maxBytes: number },
): Promise<UploadedBytes> {
  const meter = createByteMeter(options.maxBytes);
  const send = sessionUrl.startsWith("https:") ? httpsRequest : httpRequest;
  const request = send(sessionUrl, {
    method: "PUT",
    agent: false,
    timeout: idleTimeoutMs,
    headers: { "content-type": options.contentType, "content-range": "bytes 0-*/*" },
  });
  request.on("timeout", () => request.destroy(new Error("the upload stood still")));
  const [answer] = await Promise.all([answerTo(request), pipeline(source, meter.stream, request)]);
  const { generation, md5Hash } = uploaded.parse(JSON.parse(answer));
  const { bytes, sha256, md5 } = meter.finish();
  if (md5Hash != null && md5Hash !== md5) throw new Error("other bytes were stored than were sent");
  return { bytes, sha256, generation };
}

/** The body of the answer; an error with the status as its `code` when it is a refusal. */
function answerTo(request: ClientRequest): Promise<string> {
  return new Promise((resolve, reject) => {
    request.on("error", reject);
    request.on("response", (response: IncomingMessage) => {
      const { statusCode } = response;
      if (statusCode === 200 || statusCode === 201) {
        text(response).then(resolve, reject);
        return;
      }
      reject(Object.assign(new Error(`the upload was answered with ${statusCode}`), { code: statusCode }));
      request.destroy();
    });
  });
}
