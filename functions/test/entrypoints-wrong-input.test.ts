import { afterAll, beforeEach, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import functionsTest from "firebase-functions-test";
import { useRuntime } from "../src/entrypoints/config/runtime.js";
import * as functions from "../src/index.js";
import { call, refusal } from "./entrypoints/calls.js";
import { openWorld } from "./entrypoints/world.js";

const { wrap, cleanup } = functionsTest({ projectId: "demo-entrypoints" });

/** Every callable of the deployment, administration included. */
const callables = Object.entries(functions).flatMap(([name, exported]) =>
  exported.__endpoint.callableTrigger === undefined
    ? []
    : [[name, wrap(exported as typeof functions.getVideo)] as const],
);

const id = "0".repeat(24);
/** Fields that some callable takes, each with a value that it could have. */
const fields: Readonly<Record<string, unknown>> = {
  kind: "text",
  prompt: "A paper boat",
  scene: { imagePrompt: "A boat", visualPrompt: "It sails" },
  frames: { "1": { first: "https://a.example.com/1.png", last: "https://a.example.com/2.png" } },
  jobId: id,
  batchId: id,
  key: "1",
  status: "queued",
  limit: 5,
  pageToken: "WzEsIjIiXQ",
  timeoutSeconds: 1,
  target: "runway",
  action: "on",
  policy: {},
  note: "why",
  provider: "runway",
  paused: false,
  uid: "ada",
  credits: 1,
  attempt: 1,
  attempts: 5,
  resolution: { type: "write_off" },
};

const wrong = fc.oneof(
  fc.jsonValue({ maxDepth: 2, stringUnit: "binary" }),
  fc.constantFrom<unknown>("\ud800", "a\u0007b", "x".repeat(3_000), -1, 1e300, 0.5, Array(30).fill(0)),
);
const input = fc
  .record({
    taken: fc.subarray(Object.keys(fields), { minLength: 1 }),
    changed: fc.constantFrom(...Object.keys(fields)),
    value: wrong,
    unknown: fc.dictionary(fc.string({ unit: "binary" }), wrong, { maxKeys: 30 }),
  })
  .map(({ taken, changed, value, unknown }) => ({
    ...unknown,
    ...Object.fromEntries(taken.map((name) => [name, fields[name]])),
    [changed]: value,
  }));

/** Sentences that are the library's: none of them is ours. */
const notOurs = /invalid (input|option|string|key|element)|expected .*received|too (big|small)|unrecognized/i;

beforeEach(() => useRuntime(openWorld().deps));
afterAll(() => cleanup());

describe("a wrong input", () => {
  it.each(callables)(
    "of %s is refused in our words, in few of them, and never breaks anything",
    async (_name, run) => {
      await fc.assert(
        fc.asyncProperty(fc.oneof(input, wrong), async (data) => {
          const refused = await refusal(run(call(data, "ada", { admin: true })));
          if (refused.message === "the call was answered") return;
          expect(refused.code).not.toBe("internal");
          expect(refused.message).not.toMatch(notOurs);
          expect(JSON.stringify({ ...refused, message: refused.message }).length).toBeLessThan(20_000);
        }),
        { numRuns: 60 },
      );
    },
  );

  it.each(callables)("of %s that holds half a character is refused by its place", async (name, run) => {
    const refused = await refusal(run(call({ jobId: "\ud800", note: "a\u0000b" }, "ada", { admin: true })));
    expect(refused).toMatchObject({ code: "invalid-argument" });
    expect(refused.message).toContain("jobId: must not hold control characters or halves of characters");
    expect(refused.message).toContain("note: must not hold");
    expect(name).not.toBe("");
  });

  it("of createVideo names the field that was probably meant", async () => {
    const [, create] = callables.find(([name]) => name === "createVideo") ?? [];
    const refused = await refusal(
      create?.(call({ kind: "text", prompt: "A boat", providers: { only: ["runwy"] } }, "ada")) ??
        Promise.resolve(),
    );
    expect(refused.message).toMatch(/^providers\.only: unknown runwy, did you mean runway\?; known are /);
  });
});
