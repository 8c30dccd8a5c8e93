import { afterAll, beforeEach, describe, expect, it } from "@jest/globals";
import functionsTest from "firebase-functions-test";
import { call, dispatched, refusal, textRequest } from "../src/entrypoints/__fixtures__/calls.js";
import { openWorld, type World } from "../src/entrypoints/__fixtures__/world.js";
import { useRuntime } from "../src/entrypoints/runtime.js";
import * as functions from "../src/index.js";

const { wrap, cleanup } = functionsTest({ projectId: "demo-entrypoints" });

const createVideo = wrap(functions.createVideo);
const getVideo = wrap(functions.getVideo);
const listVideos = wrap(functions.listVideos);
const cancelVideo = wrap(functions.cancelVideo);
const getVideoUrl = wrap(functions.getVideoUrl);
const getCredits = wrap(functions.getCredits);
const adminBatchStatusCheck = wrap(functions.adminBatchStatusCheck);

let world: World;

beforeEach(() => {
  world = openWorld();
  useRuntime(world.deps);
});

afterAll(() => cleanup());

async function startVideo(uid = "ada", more: object = {}): Promise<string> {
  const { jobId } = await createVideo(call({ ...textRequest, ...more }, uid));
  return jobId;
}

const taskFunctions = {
  start: wrap(functions.startJob),
  poll: wrap(functions.pollJob),
  store: wrap(functions.storeVideo),
};

async function runDueTasks(): Promise<void> {
  for (const task of world.queue.takeDue(world.deps.now())) await taskFunctions[task.type](dispatched(task));
}

async function finishVideos(): Promise<void> {
  await world.runTasks((task) => taskFunctions[task.type](dispatched(task)));
}

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
    useRuntime(openWorld({ welcomeCredits: 3 }).deps);
    expect(await refusal(createVideo(call(textRequest, "ada")))).toMatchObject({
      code: "failed-precondition",
      details: { reason: "INSUFFICIENT_CREDITS", fault: "budget", needed: 10, available: 3 },
    });
  });

  it("answers unavailable when no provider can take the request now", async () => {
    await world.deps.health.setSwitch("runway", "off");
    expect(await refusal(createVideo(call(textRequest, "ada")))).toMatchObject({
      code: "unavailable",
      details: { reason: "NO_CANDIDATE", retryable: true },
    });
  });

  it("takes the tier from the token", async () => {
    const { jobId } = await createVideo(call(textRequest, "ada", { tier: "premium" }));
    expect(await world.deps.jobs.get(jobId)).toMatchObject({ tier: "premium" });
  });
});

describe("getVideo", () => {
  it("shows the job without what belongs to the provider", async () => {
    const jobId = await startVideo();
    await finishVideos();
    const view = await getVideo(call({ jobId }, "ada"));
    expect(view).toMatchObject({ jobId, status: "completed", progress: { percent: 100 } });
    expect(JSON.stringify(view)).not.toMatch(/operation|idempotencyKey|outputUrl|example\.test/);
  });

  it("asks the provider on demand, but not more often than it may be asked", async () => {
    const jobId = await startVideo();
    await runDueTasks();
    world.advance(61_000);
    expect(await getVideo(call({ jobId }, "ada"))).toMatchObject({ status: "generating" });
    expect(world.statusReads()).toBe(0);
    expect(await getVideo(call({ jobId, refresh: true }, "ada"))).toMatchObject({ status: "storing" });
    await getVideo(call({ jobId, refresh: true }, "ada"));
    expect(world.statusReads()).toBe(1);
  });
});

describe("listVideos", () => {
  it("pages through the caller's own videos, newest first", async () => {
    const ids: string[] = [];
    for (let index = 0; index < 3; index += 1) {
      ids.unshift(await startVideo());
      world.advance(1_000);
    }
    await startVideo("bob");
    const first = await listVideos(call({ limit: 2 }, "ada"));
    const second = await listVideos(call({ limit: 2, pageToken: first.nextPageToken }, "ada"));
    const listed = [...first.videos, ...second.videos].map((view: { jobId: string }) => view.jobId);
    expect(listed).toEqual(ids);
    expect(second.nextPageToken).toBeNull();
  });

  it("can be narrowed to one status", async () => {
    const cancelled = await startVideo();
    await startVideo();
    await cancelVideo(call({ jobId: cancelled }, "ada"));
    const { videos } = await listVideos(call({ status: "cancelled" }, "ada"));
    expect(videos).toEqual([expect.objectContaining({ jobId: cancelled })]);
  });

  it("takes no input at all, and refuses a page token that it never gave", async () => {
    expect(await listVideos(call(null, "ada"))).toEqual({ videos: [], nextPageToken: null });
    expect(await refusal(listVideos(call({ pageToken: "zzz" }, "ada")))).toMatchObject({
      code: "invalid-argument",
    });
  });
});

describe("cancelVideo", () => {
  it("gives the credits back at once and says what became of the work", async () => {
    const jobId = await startVideo();
    expect(await cancelVideo(call({ jobId }, "ada"))).toEqual({
      jobId,
      status: "cancelled",
      cancellation: "confirmed",
      refundedCredits: 10,
    });
    expect(await getCredits(call({}, "ada"))).toMatchObject({ balance: 100, held: 0 });
  });

  it("leaves a finished video as it is", async () => {
    const jobId = await startVideo();
    await finishVideos();
    expect(await cancelVideo(call({ jobId }, "ada"))).toEqual({
      jobId,
      status: "completed",
      cancellation: null,
      refundedCredits: 0,
    });
  });
});

describe("getVideoUrl", () => {
  it("signs a URL for an hour, once the video is there", async () => {
    const jobId = await startVideo();
    expect(await refusal(getVideoUrl(call({ jobId }, "ada")))).toMatchObject({
      code: "failed-precondition",
      details: { reason: "NOT_COMPLETED", retryable: true },
    });
    await finishVideos();
    const { url, expiresAt } = await getVideoUrl(call({ jobId, kind: "video" }, "ada"));
    expect(url).toContain(`videos/ada/${jobId}.mp4`);
    expect(expiresAt).toBe(world.deps.now() + 3_600_000);
  });

  it("says that there is no thumbnail", async () => {
    const jobId = await startVideo();
    await finishVideos();
    expect(await refusal(getVideoUrl(call({ jobId, kind: "thumbnail" }, "ada")))).toMatchObject({
      code: "failed-precondition",
      details: { reason: "NO_THUMBNAIL", retryable: false },
    });
  });
});

describe("getCredits", () => {
  it("shows the account with the lines that explain it", async () => {
    await startVideo();
    await finishVideos();
    const credits = await getCredits(call(undefined, "ada"));
    expect(credits).toMatchObject({ granted: 100, balance: 90, held: 0, spent: 10 });
    const types = credits.ledger.map((line: { type: string }) => line.type).sort();
    expect(types).toEqual(["capture", "grant", "hold"]);
    expect(credits.ledger[0]).not.toHaveProperty("uid");
  });
});

describe("adminBatchStatusCheck", () => {
  const asAdmin = (data: unknown) => call(data, "root", { admin: true });

  it.each([undefined, "true", 1, {}])("refuses the claim admin = %p", async (admin) => {
    const error = await refusal(adminBatchStatusCheck(call({}, "ada", { admin })));
    expect(error).toMatchObject({ code: "permission-denied", details: { reason: "ADMIN_ONLY" } });
  });

  it("asks about open jobs now, and changes nothing the second time", async () => {
    const jobId = await startVideo();
    await runDueTasks();
    world.advance(61_000);
    expect(await adminBatchStatusCheck(asAdmin({ status: "generating" }))).toMatchObject({
      checked: 1,
      advanced: 1,
      jobs: [{ jobId, before: "generating", after: "storing" }],
    });
    expect(await adminBatchStatusCheck(asAdmin({ jobIds: [jobId] }))).toMatchObject({
      checked: 1,
      advanced: 0,
      unchanged: 1,
    });
  });

  it("reports an id that names no job, and refuses one that cannot", async () => {
    expect(await adminBatchStatusCheck(asAdmin({ jobIds: ["0".repeat(24)] }))).toMatchObject({ failed: 1 });
    const malformed = await refusal(adminBatchStatusCheck(asAdmin({ jobIds: ["videoJobs/1"] })));
    expect(malformed.message).toBe("jobIds.0: is not a job id");
    const both = await refusal(
      adminBatchStatusCheck(asAdmin({ jobIds: ["0".repeat(24)], status: "queued" })),
    );
    expect(both.message).toContain("status: cannot be combined with jobIds");
  });
});
