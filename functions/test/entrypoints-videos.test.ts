import { afterAll, beforeEach, describe, expect, it } from "@jest/globals";
import {
  adminBatchStatusCheck,
  cancelVideo,
  endTests,
  finishVideos,
  getCredits,
  getVideo,
  getVideoUrl,
  listVideos,
  runDueTasks,
  startVideo,
  useWorld,
} from "./entrypoints/callables.js";
import { call, refusal } from "./entrypoints/calls.js";
import type { World } from "./entrypoints/world.js";

let world: World;

beforeEach(() => {
  world = useWorld();
});

afterAll(() => endTests());

describe("getVideo", () => {
  it("shows the job without what belongs to the provider", async () => {
    const jobId = await startVideo();
    await finishVideos(world);
    const view = await getVideo(call({ jobId }, "ada"));
    expect(view).toMatchObject({ jobId, status: "completed", progress: { percent: 100 } });
    expect(JSON.stringify(view)).not.toMatch(/operation|idempotencyKey|outputUrl|example\.test/);
  });

  it("asks the provider on demand, but not more often than it may be asked", async () => {
    const jobId = await startVideo();
    await runDueTasks(world);
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
      chargedCredits: 0,
      heldCredits: 0,
    });
    expect(await getCredits(call({}, "ada"))).toMatchObject({ balance: 100, held: 0 });
  });

  it("leaves a finished video as it is", async () => {
    const jobId = await startVideo();
    await finishVideos(world);
    expect(await cancelVideo(call({ jobId }, "ada"))).toEqual({
      jobId,
      status: "completed",
      cancellation: null,
      refundedCredits: 0,
      chargedCredits: 0,
      heldCredits: 0,
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
    await finishVideos(world);
    const { url, expiresAt } = await getVideoUrl(call({ jobId, kind: "video" }, "ada"));
    expect(url).toContain(`videos/ada/${jobId}.mp4`);
    expect(expiresAt).toBe(world.deps.now() + 3_600_000);
  });

  it("says that there is no thumbnail", async () => {
    const jobId = await startVideo();
    await finishVideos(world);
    expect(await refusal(getVideoUrl(call({ jobId, kind: "thumbnail" }, "ada")))).toMatchObject({
      code: "failed-precondition",
      details: { reason: "NO_THUMBNAIL", retryable: false },
    });
  });
});

describe("getCredits", () => {
  it("shows the account with the lines that explain it", async () => {
    await startVideo();
    await finishVideos(world);
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
    await runDueTasks(world);
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

  it("takes five hundred ids at once and no more, and asks nobody about too many", async () => {
    const ids = (count: number) =>
      Array.from({ length: count }, (_, index) => index.toString(16).padStart(24, "0"));
    expect(await adminBatchStatusCheck(asAdmin({ jobIds: ids(500) }))).toMatchObject({ failed: 500 });
    const error = await refusal(adminBatchStatusCheck(asAdmin({ jobIds: ids(501) })));
    expect(error).toMatchObject({ code: "invalid-argument", message: expect.stringContaining("jobIds") });
    expect(world.statusReads()).toBe(0);
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
