import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { encode } from "fast-png";
import type { SimulatedFile } from "../../vendors/shared/simulator.js";
import { workerCode } from "../package-files.js";
import type { RenderFile } from "../vendor-host.js";
import { type Clip, clipKey, drawTitleCard, toClip } from "./clip.js";
import type { EncodeOrder, EncodeReply } from "./clip-worker.js";
import { applyDefect, expiredPage } from "./file-bytes.js";
import type { Picture } from "./picture.js";

export interface ClipFactory {
  readonly render: RenderFile;
  /** Ends the encoder's thread. Unfinished clips are dropped. */
  close(): Promise<void>;
}

/**
 * Makes the files that simulated vendors deliver: real MP4s and PNGs that carry vendor, model and
 * id in the picture. Stand-ins: at most 640 pixels wide or high and 12 frames a second, marked
 * SIMULATED in the picture and in the metadata. Equal descriptions give equal bytes.
 */
export function createClipFactory(options: { cacheDirectory: string }): ClipFactory {
  const encoder = createEncoderThread();
  const inProgress = new Map<string, Promise<Buffer>>();

  function make(clip: Clip, medium: SimulatedFile["medium"]): Promise<Buffer> {
    const key = clipKey(clip, medium);
    const running = inProgress.get(key);
    if (running !== undefined) return running;
    const path = join(options.cacheDirectory, `${key}.${medium === "video" ? "mp4" : "png"}`);
    const making = readOrWrite(path, async () =>
      medium === "video" ? encoder.encode(clip) : toPng(drawTitleCard(clip)),
    ).finally(() => inProgress.delete(key));
    inProgress.set(key, making);
    return making;
  }

  return {
    async render(file) {
      if (file.defect === "missing") return null;
      if (file.defect === "html") return { contentType: "text/html", bytes: expiredPage };
      const contentType = file.medium === "video" ? "video/mp4" : "image/png";
      if (file.defect === "empty") return { contentType, bytes: Buffer.alloc(0) };
      const bytes = await make(toClip(file), file.medium);
      return { contentType, bytes: applyDefect(bytes, file.medium, file.defect) };
    },
    close: () => encoder.close(),
  };
}

function toPng({ width, height, pixels, palette }: Picture): Buffer {
  const colours = palette.map(({ red, green, blue }) => [red, green, blue]);
  return Buffer.from(encode({ width, height, data: pixels, channels: 1, depth: 8, palette: colours }));
}

/** The file at a path, made and kept when it is not there yet. */
async function readOrWrite(path: string, make: () => Promise<Buffer>): Promise<Buffer> {
  const kept = await readFile(path).catch(() => undefined);
  if (kept !== undefined) return kept;
  const bytes = await make();
  await mkdir(join(path, ".."), { recursive: true });
  // Renamed into place, so that another process never reads half a file.
  const unfinished = `${path}.${process.pid}`;
  await writeFile(unfinished, bytes);
  await rename(unfinished, path);
  return bytes;
}

/** The encoder in a thread of its own, started with the first clip. */
interface EncoderThread {
  encode(clip: Clip): Promise<Buffer>;
  close(): Promise<void>;
}

interface Waiting {
  resolve(bytes: Buffer): void;
  reject(error: Error): void;
}

function createEncoderThread(): EncoderThread {
  const waiting = new Map<number, Waiting>();
  let starting: Promise<Worker> | undefined;
  let lastOrderId = 0;
  let isClosed = false;

  function failAll(error: Error): void {
    for (const order of waiting.values()) order.reject(error);
    waiting.clear();
  }

  async function start(): Promise<Worker> {
    const code = await workerCode(new URL("./clip-worker.js", import.meta.url));
    // The encoder prints its whole source when it crashes; the error event says enough.
    const worker = new Worker(code, { stderr: true });
    worker.stderr.resume();
    worker.on("message", (reply: EncodeReply) => {
      const order = waiting.get(reply.orderId);
      waiting.delete(reply.orderId);
      if ("bytes" in reply) order?.resolve(Buffer.from(reply.bytes));
      else order?.reject(new Error(`the clip could not be encoded: ${reply.problem}`));
    });
    worker.on("error", failAll);
    worker.on("exit", () => {
      starting = undefined;
      failAll(new Error("the encoder ended before the clip was done"));
    });
    return worker;
  }

  return {
    async encode(clip) {
      if (isClosed) throw new Error("the encoder is closed");
      starting ??= start();
      const worker = await starting;
      lastOrderId += 1;
      const order: EncodeOrder = { orderId: lastOrderId, clip };
      return new Promise((resolve, reject) => {
        waiting.set(order.orderId, { resolve, reject });
        worker.postMessage(order);
      });
    },
    async close() {
      isClosed = true;
      const worker = await starting?.catch(() => undefined);
      await worker?.terminate();
    },
  };
}
