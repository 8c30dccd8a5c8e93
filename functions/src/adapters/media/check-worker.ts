import { parentPort, workerData } from "node:worker_threads";
import { checkGif } from "./gif-check.js";
import { checkImage } from "./image-check.js";
import { blockReader, type RandomAccessReader } from "./media-reader.js";
import { checkMp4 } from "./mp4-check.js";

/** What a thread is started with: which check, and how large the file is. */
export interface CheckOrder {
  readonly check: "mp4" | "gif" | "picture";
  readonly size: number;
}

/** What it says: that it runs, which bytes it needs, and what it found. */
export type FromWorker =
  | { readonly type: "ready" }
  | { readonly type: "read"; readonly offset: number; readonly length: number }
  | { readonly type: "found"; readonly result: unknown };

/** The bytes, in the order in which they were asked for. A read that failed ends the thread instead. */
export type ToWorker = Uint8Array;

const checks = { mp4: checkMp4, gif: checkGif, picture: checkImage };

if (parentPort !== null) {
  const port = parentPort;
  const say = (message: FromWorker) => port.postMessage(message);
  const { check, size } = workerData as CheckOrder;
  const waiting: ((bytes: Buffer) => void)[] = [];
  port.on("message", (bytes: ToWorker) => {
    waiting.shift()?.(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  });
  const reader: RandomAccessReader = {
    size,
    read: (offset, length) =>
      new Promise((resolve) => {
        waiting.push(resolve);
        say({ type: "read", offset, length });
      }),
  };
  say({ type: "ready" });
  say({ type: "found", result: await checks[check](blockReader(reader)) });
}
