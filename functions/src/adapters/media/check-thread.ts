import { Worker } from "node:worker_threads";
import type { CheckOrder, FromWorker, ToWorker } from "./check-worker.js";
import type { RandomAccessReader } from "./media-reader.js";

export interface CheckLimits {
  /** Of the thread's own work; while it waits for the bucket the clock stands still. */
  readonly timeoutMs: number;
  readonly heapMb: number;
}

/** The slowest check of a mutated file took 0.1 s; instances may be ten times slower, and throttled. */
const usualLimits: CheckLimits = { timeoutMs: 30_000, heapMb: 128 };

/** The thread had to be ended, or ended itself: the file is made so that it cannot be checked. */
export class BeyondLimitsError extends Error {
  override readonly name = "BeyondLimitsError";
}

/** Compiled it lies beside this file. */
export const compiledWorker = new URL("./check-worker.js", import.meta.url);

/**
 * Checks a file in a thread of its own with limits of memory and time: what was made to keep a reader
 * busy, or to end its process, ends that thread alone. Reads are made here, and one that fails is
 * thrown. So is a thread that never began: neither says anything about the file.
 */
export function checkInThread(
  check: CheckOrder["check"],
  source: RandomAccessReader,
  { worker: code = compiledWorker, limits = usualLimits }: { worker?: URL; limits?: CheckLimits } = {},
): Promise<unknown> {
  const workerData: CheckOrder = { check, size: source.size };
  const worker = new Worker(code, {
    workerData,
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: limits.heapMb, maxYoungGenerationSizeMb: 16 },
  });
  let hasBegun = false;
  const clock = createClock(limits.timeoutMs);
  return new Promise<unknown>((resolve, reject) => {
    const giveUp = (reason: string, cause?: unknown) =>
      reject(
        hasBegun ? new BeyondLimitsError(reason) : new Error("the check could not be started", { cause }),
      );
    clock.onEnd(() => giveUp(`it takes longer than ${limits.timeoutMs} ms`));
    worker.once("error", (error: NodeJS.ErrnoException) => giveUp(error.code ?? error.name, error));
    worker.once("exit", () => giveUp("the check ended without a result"));
    worker.on("message", (message: FromWorker) => {
      if (message.type === "found") resolve(message.result);
      if (message.type === "ready") {
        hasBegun = true;
        clock.start();
      }
      if (message.type !== "read") return;
      clock.stop();
      source.read(message.offset, message.length).then((bytes) => {
        // A copy: a message would carry the whole block of memory that these bytes are a part of.
        const answer: ToWorker = new Uint8Array(bytes);
        worker.postMessage(answer, [answer.buffer as ArrayBuffer]);
        clock.start();
      }, reject);
    });
  }).finally(() => {
    clock.stop();
    return worker.terminate();
  });
}

/** Adds up the time between start and stop. */
function createClock(budgetMs: number) {
  let leftMs = budgetMs;
  let startedAt: number | null = null;
  let timer: NodeJS.Timeout | undefined;
  let end = (): void => undefined;
  const clock = {
    onEnd(action: () => void) {
      end = action;
    },
    start() {
      clock.stop();
      startedAt = performance.now();
      timer = setTimeout(() => end(), leftMs);
    },
    stop() {
      clearTimeout(timer);
      if (startedAt !== null) leftMs = Math.max(0, leftMs - (performance.now() - startedAt));
      startedAt = null;
    },
  };
  return clock;
}
