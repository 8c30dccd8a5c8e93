import { parentPort } from "node:worker_threads";
import type { Clip } from "./clip.js";
import { encodeMp4 } from "./mp4-encoder.js";

/** What the factory sends to the worker, and what it gets back. */
export interface EncodeOrder {
  readonly orderId: number;
  readonly clip: Clip;
}

export type EncodeReply =
  | { readonly orderId: number; readonly bytes: Uint8Array }
  | { readonly orderId: number; readonly problem: string };

let previous: Promise<void> = Promise.resolve();

// One after the other: all encoders of a process write to the same file in the same memory.
parentPort?.on("message", (order: EncodeOrder) => {
  previous = previous.then(() => answer(order));
});

async function answer({ orderId, clip }: EncodeOrder): Promise<void> {
  const reply: EncodeReply = await encodeMp4(clip).then(
    (bytes) => ({ orderId, bytes }),
    (error: unknown) => ({ orderId, problem: error instanceof Error ? error.message : String(error) }),
  );
  parentPort?.postMessage(reply);
}
