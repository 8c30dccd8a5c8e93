import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { ChaosOrder, ChaosReply } from "./worker.js";

/** A thread that carries out one order at a time. */
export interface Thread {
  carryOut(order: ChaosOrder): Promise<ChaosReply>;
  stop(): Promise<void>;
}

/** Most objects are short-lived; a larger young generation saves garbage collections. */
const resourceLimits = { maxYoungGenerationSizeMb: 32 };
/** A history takes a fraction of a second, and all pairs of deaths less than this. */
const timeoutMs = 900_000;

export const threadCount = Math.min(2, availableParallelism());

export function startThread(code: URL, limits: { readonly timeoutMs: number } = { timeoutMs }): Thread {
  const worker = new Worker(code, { resourceLimits });
  let waiting: { resolve(reply: ChaosReply): void; reject(error: unknown): void } | undefined;
  worker.on("message", (reply: ChaosReply) => waiting?.resolve(reply));
  worker.on("error", (error) => waiting?.reject(error));
  return {
    async carryOut(order) {
      let timer: NodeJS.Timeout | undefined;
      try {
        return await new Promise<ChaosReply>((resolve, reject) => {
          waiting = { resolve, reject };
          timer = setTimeout(() => reject(new Error("no reply in time")), limits.timeoutMs);
          worker.postMessage(order);
        });
      } finally {
        clearTimeout(timer);
      }
    },
    async stop() {
      await worker.terminate();
    },
  };
}

/** Does everything on the list with some threads, in any order. Results come in the order of the list. */
export async function onThreads<Item, Result>(
  list: readonly Item[],
  work: (item: Item, thread: Thread) => Promise<Result>,
  code = new URL("./worker.js", import.meta.url),
): Promise<Result[]> {
  const results: Result[] = new Array(list.length);
  const waiting = list.entries();
  const threads = Array.from({ length: Math.min(threadCount, list.length) }, () => startThread(code));
  try {
    await Promise.all(
      threads.map(async (thread) => {
        for (const [index, item] of waiting) results[index] = await work(item, thread);
      }),
    );
  } finally {
    await Promise.all(threads.map((thread) => thread.stop()));
  }
  return results;
}
