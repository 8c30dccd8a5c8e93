import { Worker } from "node:worker_threads";
import type { Clip } from "./clip.js";
import type { EncodeOrder, EncodeReply } from "./clip-worker.js";
import { workerCode } from "./worker-code.js";

/** The encoder in a thread of its own, started with the first clip. */
export interface EncoderThread {
  encode(clip: Clip): Promise<Buffer>;
  close(): Promise<void>;
}

interface Waiting {
  resolve(bytes: Buffer): void;
  reject(error: Error): void;
}

export function createEncoderThread(): EncoderThread {
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
