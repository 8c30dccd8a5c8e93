import { describe, expect, it } from "@jest/globals";
import { taskSchemas } from "./tasks.js";

const operation = { task: "c0ffee", model: "veo3.1_fast", seconds: 8, upscaled: false, note: null };
const timing = {
  key: "0123456789abcdef01234567:a1",
  acceptedAt: 1_795_219_200_000,
  p50Seconds: 73.5,
  floorMs: 5_000,
  timeoutAt: 1_795_219_800_000.5,
};
const poll = { jobId: "0123456789abcdef01234567", attempt: 1, provider: "runway", operation, timing };
const rest = {
  deadlineAt: 1_795_221_000_000,
  credentialId: "k1",
  hedgeAt: 1_795_219_400_000,
  misses: 2,
  missingSince: 1_795_219_300_000,
  notBefore: 1_795_219_320_000,
};

describe("the body of a task", () => {
  it("is read as it was written", () => {
    const whole = { type: "poll", ...poll, ...rest };
    expect(taskSchemas.poll.parse(JSON.parse(JSON.stringify(whole)))).toEqual(whole);
    expect(taskSchemas.start.parse({ type: "start", jobId: "a1" })).toEqual({ type: "start", jobId: "a1" });
    expect(taskSchemas.store.parse({ type: "store", jobId: "a1" })).toEqual({ type: "store", jobId: "a1" });
  });

  it.each(["start", "store"] as const)("of an earlier version may name a version of the job: %s", (type) => {
    expect(taskSchemas[type].parse({ type, jobId: "a1", version: 3 })).toEqual({ type, jobId: "a1" });
  });

  it("of an earlier version may say when the last poll is, which follows from the rest", () => {
    const older = { type: "poll", ...poll, ...rest, lastPollAt: 1_795_224_600_000 };
    expect(taskSchemas.poll.parse(older)).toEqual({ type: "poll", ...poll, ...rest });
  });

  it("of a still earlier version lacks what came later, and its type", () => {
    expect(taskSchemas.poll.parse({ ...poll, deadlineAt: 1, lastPollAt: 2 })).toEqual({
      type: "poll",
      ...poll,
      deadlineAt: 1,
      credentialId: null,
      hedgeAt: null,
      misses: 0,
      missingSince: null,
      notBefore: null,
    });
    expect(taskSchemas.start.parse({ jobId: "a1" })).toEqual({ type: "start", jobId: "a1" });
  });

  it.each([
    ["start", null],
    ["start", { jobId: "" }],
    ["start", { type: "store", jobId: "a1" }],
    ["store", {}],
    ["poll", { ...poll, ...rest, attempt: 0 }],
    ["poll", { ...poll, ...rest, operation: { nested: {} } }],
    ["poll", { ...poll, ...rest, timing: { ...timing, p50Seconds: 0 } }],
  ] as const)("for %s is refused when it is something else: %j", (type, body) => {
    expect(taskSchemas[type].safeParse(body).success).toBe(false);
  });
});
