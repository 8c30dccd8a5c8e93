import { afterAll, beforeEach, describe, expect, it } from "@jest/globals";
import { useRuntime } from "../src/entrypoints/config/runtime.js";
import {
  cancelVideo,
  createVideo,
  endTests,
  getCredits,
  getVideo,
  getVideoUrl,
  listVideos,
  startVideo,
  useWorld,
} from "./entrypoints/callables.js";
import { call, refusal, textRequest } from "./entrypoints/calls.js";
import type { World } from "./entrypoints/world.js";

let world: World;

beforeEach(() => {
  world = useWorld();
});

afterAll(() => endTests());

describe("every callable", () => {
  it.each(Object.entries({ createVideo, getVideo, listVideos, cancelVideo, getVideoUrl, getCredits }))(
    "%s refuses a caller who is not signed in, before it looks at the input",
    async (_name, callable) => {
      expect(await refusal(callable(call({ nonsense: true })))).toMatchObject({
        code: "unauthenticated",
        details: { reason: "UNAUTHENTICATED" },
      });
    },
  );

  it.each(Object.entries({ createVideo, getVideo, listVideos, cancelVideo, getVideoUrl, getCredits }))(
    "%s names a field that it does not know",
    async (_name, callable) => {
      const known = callable === createVideo ? textRequest : { jobId: "0".repeat(24) };
      const input = callable === listVideos || callable === getCredits ? {} : known;
      const error = await refusal(callable(call({ ...input, colour: "red" }, "ada")));
      expect(error).toMatchObject({ code: "invalid-argument", details: { reason: "INVALID_ARGUMENT" } });
      expect(error.message).toContain("unknown field colour");
    },
  );

  it.each(Object.entries({ getVideo, cancelVideo, getVideoUrl }))(
    "%s answers a foreign, an absent and a malformed id alike",
    async (_name, callable) => {
      const foreign = await startVideo("bob");
      for (const jobId of [foreign, "0".repeat(24), "../users/bob", ""]) {
        expect(await refusal(callable(call({ jobId }, "ada")))).toMatchObject({
          code: "not-found",
          message: "jobId: you have no video with this id",
        });
      }
    },
  );

  it("tells nothing of an unexpected error but an id, and logs the rest under it", async () => {
    const broken = { ...world.deps.credits, account: () => Promise.reject(new Error("socket at 10.0.0.3")) };
    useRuntime({ ...world.deps, credits: broken });
    const error = await refusal(getCredits(call(null, "ada")));
    expect(error).toMatchObject({
      code: "internal",
      message: "Something went wrong on our side.",
      details: { reason: "INTERNAL", fault: "system", retryable: true, errorId: expect.any(String) },
    });
    expect(JSON.stringify(error)).not.toContain("10.0.0.3");
    expect(world.log.lines).toContainEqual({
      level: "error",
      event: "callable.failed",
      fields: { errorId: error.details.errorId, error: expect.stringContaining("socket at 10.0.0.3") },
    });
  });
});

describe("createVideo", () => {
  it("answers at once with the job, the first choice and what it is expected to cost", async () => {
    const created = await createVideo(call(textRequest, "ada"));
    expect(created).toEqual({
      jobId: expect.stringMatching(/^[0-9a-f]{24}$/),
      status: "queued",
      provider: "runway",
      model: expect.stringMatching(/^runway:/),
      estimate: { costUsd: expect.any(Number), credits: 10, etaSeconds: expect.any(Number) },
      eta: {
        p50At: expect.any(Number),
        p90At: expect.any(Number),
        remainingSeconds: created.estimate.etaSeconds,
      },
      adjustments: [],
    });
    expect(world.queue.size()).toBe(1);
  });

  it("tells every change that the catalogue forces on the request", async () => {
    const { adjustments } = await createVideo(call({ ...textRequest, durationSeconds: 10.4 }, "ada"));
    expect(adjustments).toContainEqual(expect.objectContaining({ field: "durationSeconds" }));
  });

  it("gives the same job and one hold to the same requestId", async () => {
    const first = await createVideo(call({ ...textRequest, requestId: "cv-1" }, "ada"));
    const second = await createVideo(call({ ...textRequest, requestId: "cv-1" }, "ada"));
    expect(second).toMatchObject({ jobId: first.jobId, estimate: { credits: 10, etaSeconds: null } });
    expect(await getCredits(call({}, "ada"))).toMatchObject({ held: 10, balance: 90 });
  });

  it("refuses another request under the same requestId", async () => {
    await startVideo("ada", { requestId: "cv-1" });
    const other = createVideo(call({ ...textRequest, prompt: "A red kite", requestId: "cv-1" }, "ada"));
    expect(await refusal(other)).toMatchObject({
      code: "already-exists",
      details: { reason: "ALREADY_EXISTS", jobId: expect.any(String) },
    });
  });

  it("names the limit that a prompt is over", async () => {
    const error = await refusal(createVideo(call({ kind: "text", prompt: "x".repeat(4_001) }, "ada")));
    expect(error.code).toBe("invalid-argument");
    expect(error.message).toBe("prompt: must be at most 4000 characters");
  });

  it("refuses what is not covered by credits, and says how many are missing", async () => {
    useWorld({ welcomeCredits: 3 });
    expect(await refusal(createVideo(call(textRequest, "ada")))).toMatchObject({
      code: "failed-precondition",
      details: { reason: "INSUFFICIENT_CREDITS", fault: "budget", needed: 10, available: 3 },
    });
  });

  it("answers unavailable when no provider can take the request now", async () => {
    await world.deps.health.setSwitch("runway", "off");
    expect(await refusal(createVideo(call(textRequest, "ada")))).toMatchObject({
      code: "unavailable",
      details: { reason: "NO_CANDIDATE", retryable: false },
    });
  });

  it("takes the tier from the token", async () => {
    const { jobId } = await createVideo(call(textRequest, "ada", { tier: "premium" }));
    expect(await world.deps.jobs.get(jobId)).toMatchObject({ tier: "premium" });
  });
});
