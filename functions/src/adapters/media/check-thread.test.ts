import { describe, expect, it } from "@jest/globals";
import { checkWorker } from "../../../simulation/kit/check-worker.js";
import { BeyondLimitsError, type CheckLimits, checkInThread } from "./check-thread.js";
import { bufferReader, type RandomAccessReader } from "./media-reader.js";

const file = bufferReader(Buffer.alloc(4_000));
const limits: CheckLimits = { timeoutMs: 500, heapMb: 32 };

/** A thread that says that it runs, and then does this. */
function threadThat(does: string): URL {
  const code = `import { parentPort } from "node:worker_threads";
    const read = () => new Promise((resolve) => {
      parentPort.once("message", resolve);
      parentPort.postMessage({ type: "read", offset: 0, length: 8 });
    });
    parentPort.postMessage({ type: "ready" });
    ${does}`;
  return new URL(`data:text/javascript,${encodeURIComponent(code)}`);
}

describe("a check in a thread of its own", () => {
  it.each([
    ["never ends", "for (;;);"],
    ["takes all memory", "const all = []; for (;;) all.push(new Array(1000).fill(Math.random()));"],
    ["throws", "throw new RangeError('Invalid array length');"],
    ["ends its process", "process.exit(134);"],
  ])("that %s hurts nobody and is told as beyond limits", async (_what, does) => {
    const check = checkInThread("mp4", file, { worker: threadThat(does), limits });
    await expect(check).rejects.toThrow(BeyondLimitsError);
  });

  it("is not blamed for a slow bucket", async () => {
    const slow: RandomAccessReader = {
      size: file.size,
      async read(offset, length) {
        // The file takes longer than the check may.
        await new Promise((resolve) => setTimeout(resolve, limits.timeoutMs * 1.5));
        return file.read(offset, length);
      },
    };
    const worker = threadThat("await read(); parentPort.postMessage({ type: 'found', result: 'sound' });");
    expect(await checkInThread("mp4", slow, { worker, limits })).toBe("sound");
  });

  it("throws what the bucket throws: that says nothing about the file", async () => {
    const away: RandomAccessReader = {
      size: 100,
      read: () => Promise.reject(new Error("the bucket is away")),
    };
    const check = checkInThread("mp4", away, { worker: await checkWorker() });
    await expect(check).rejects.toThrow("the bucket is away");
  });

  it("that could not begin says nothing about the file", async () => {
    const worker = new URL("file:///nowhere/check-worker.js");
    const check = checkInThread("mp4", file, { worker });
    await expect(check).rejects.toThrow("the check could not be started");
  });

  it.each(["mp4", "gif", "picture"] as const)("tells what is wrong with a file as %s", async (kind) => {
    const found = await checkInThread(kind, file, { worker: await checkWorker() });
    expect(found).toMatchObject({ ok: false });
  });
});
