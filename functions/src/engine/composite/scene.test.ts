import { describe, expect, it } from "@jest/globals";
import {
  ledgerOf,
  partsOf,
  runUntilEnded,
  scene,
  submitExampleScene,
} from "../../../test/engine/composites.js";
import { expectSettled } from "../../../test/engine/settled.js";
import { caller, createWorld } from "../../../test/engine/world.js";
import { plainPrices } from "../../domain/__fixtures__/policies.js";
import { providerCostUsdMicros } from "../../domain/job/view.js";
import { cancelJob } from "../job/cancel.js";
import { retryVideo } from "../job/retry.js";
import { DownloadError } from "../ports/downloads.js";
import { storeVideo } from "../store/store-video.js";
import { cleanUp } from "../upkeep/clean-up.js";

const { perImage, perSecond } = plainPrices.credits;
const imageCredits = perImage.standard;
const videoCredits = 5 * perSecond.standard;

describe("a scene", () => {
  it("becomes a stored picture and then a video that begins with it", async () => {
    const world = createWorld();
    const { id, heldCredits } = await submitExampleScene(world);
    expect(heldCredits).toBe(imageCredits + videoCredits);

    const job = await runUntilEnded(world, id);

    expect(job.status).toBe("completed");
    expect(job.output).toMatchObject({ medium: "video", path: `videos/owner-1/${id}.mp4` });
    const image = job.composition?.parts.find((part) => part.name === "image")?.output;
    expect(image).toMatchObject({ medium: "image", contentType: "image/png" });
    expect((image?.width ?? 0) / (image?.height ?? 1)).toBeCloseTo(9 / 16, 2);
    const video = partsOf(world, id).find(({ partOf }) => partOf?.name === "video");
    expect(video?.request).toMatchObject({ kind: "image", image: image?.publicUrl, aspectRatio: "9:16" });
    expect(world.paidStarts()).toHaveLength(2);
    await expectSettled(world);
  });

  it("tells its steps in order, each once and with the percentage that belongs to it", async () => {
    const world = createWorld();
    const { id } = await submitExampleScene(world);
    const seen: number[] = [];
    world.deps.jobs.watch(id, (job) => seen.push(job?.progressPercent ?? -1));

    const job = await runUntilEnded(world, id);

    expect(job.composition?.steps.map(({ name, percent }) => [name, percent])).toEqual([
      ["initialised", 5],
      ["planned", 15],
      ["image_made", 35],
      ["image_stored", 40],
      ["video_made", 70],
      ["video_stored", 75],
      ["finalising", 95],
      ["finished", 100],
    ]);
    const times = job.composition?.steps.map(({ at }) => at) ?? [];
    expect([...times].sort((a, b) => a - b)).toEqual(times);
    expect([...seen].sort((a, b) => a - b)).toEqual(seen);
    // Submission, claim, start, six reports, the end and what it leads to: nothing while nothing changes.
    expect(job.version).toBeLessThanOrEqual(12);
  });

  it("charges the picture when it is stored and the video at the end", async () => {
    const world = createWorld();
    const { id } = await submitExampleScene(world);
    await runUntilEnded(world, id);
    expect(await ledgerOf(world, id)).toEqual([
      `hold ${imageCredits + videoCredits} :hold`,
      `capture ${imageCredits} :capture:image`,
      `capture ${videoCredits} :capture`,
    ]);
  });

  it("keeps its picture under a name that does not follow from its ids, and deletes it when cancelled", async () => {
    const world = createWorld();
    const { id } = await submitExampleScene(world);
    const images = async () => (await world.job(id)).composition?.parts ?? [];
    for (let seconds = 0; seconds < 900 && (await images()).length === 0; seconds += 1) await world.run(1);
    const [image] = await images();
    const path = image?.output.path ?? "";
    const part = partsOf(world, id).find(({ partOf }) => partOf?.name === "image");
    expect(path).toBe(`images/owner-1/${part?.id}-${part?.pictureToken}.png`);
    expect(part?.pictureToken).toMatch(/./);
    expect(await world.deps.media.stat(path)).not.toBeNull();

    await cancelJob(world.deps, await world.job(id), "owner");
    await runUntilEnded(world, id);
    expect(await world.deps.media.stat(path)).toBeNull();
    await expectSettled(world);
  });

  it("leaves no picture behind when a storer that was held up writes it again after the cancellation", async () => {
    const world = createWorld();
    const { id } = await submitExampleScene(world);
    world.downloadErrors.push(new DownloadError("unreachable", "made so"));
    const picture = () => partsOf(world, id).find(({ partOf }) => partOf?.name === "image");
    for (let seconds = 0; seconds < 900 && picture()?.status !== "storing"; seconds += 1) await world.run(1);
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { downloads } = world.deps;
    const late = storeVideo(
      { ...world.deps, downloads: { open: (...given) => released.then(() => downloads.open(...given)) } },
      picture()?.id ?? "",
    );
    for (let seconds = 0; seconds < 900 && picture()?.status !== "completed"; seconds += 1)
      await world.run(1);
    const path = picture()?.output?.path ?? "";
    expect(await world.deps.media.stat(path)).not.toBeNull();

    await cancelJob(world.deps, await world.job(id), "owner");
    await runUntilEnded(world, id);
    release();
    await late;

    expect(await world.deps.media.stat(path)).toBeNull();
    await expectSettled(world);
  });

  it("whose picture cannot be made charges nothing and starts no video", async () => {
    const world = createWorld({ faults: ["runway:moderated", "runware:moderated"] });
    const { id } = await submitExampleScene(world);
    const job = await runUntilEnded(world, id);
    expect(job).toMatchObject({ status: "failed", error: { code: "content_blocked" }, chargedCredits: 0 });
    expect(job.composition?.parts).toEqual([]);
    expect(partsOf(world, id).map(({ partOf }) => partOf?.name)).toEqual(["image"]);
    await expectSettled(world);
  });

  it("whose video fails keeps and charges the picture, and gives the rest back", async () => {
    const { world, job } = await sceneWithoutVideo();
    expect(job).toMatchObject({ status: "failed", chargedCredits: imageCredits, output: null });
    expect(job.composition?.parts).toMatchObject([{ name: "image", chargedCredits: imageCredits }]);
    expect(await world.deps.media.stat(job.composition?.parts[0]?.output.path ?? "")).not.toBeNull();
    expect(await ledgerOf(world, job.id)).toEqual([
      `hold ${imageCredits + videoCredits} :hold`,
      `capture ${imageCredits} :capture:image`,
      `release ${videoCredits} :release`,
    ]);
    await expectSettled(world);
  });

  it("is tried again from the video on: one start, the same picture, only the video is paid", async () => {
    const { world, job } = await sceneWithoutVideo();
    const before = world.paidStarts().length;
    const again = await retryVideo(world.deps, caller.uid, job.id);
    expect(again.heldCredits).toBe(videoCredits);
    expect((await retryVideo(world.deps, caller.uid, job.id)).id).toBe(again.id);

    const done = await runUntilEnded(world, again.id);

    expect(done).toMatchObject({ status: "completed", chargedCredits: videoCredits });
    expect(world.paidStarts()).toHaveLength(before + 1);
    expect(done.composition?.parts[0]).toMatchObject({
      name: "image",
      jobId: job.composition?.parts[0]?.jobId,
    });
    expect(await retryVideo(world.deps, caller.uid, job.id)).toMatchObject({ id: again.id });
    await expectSettled(world);
  });

  it.each(["image", "video"])("that is cancelled during its %s stops that part as well", async (name) => {
    const world = createWorld();
    const { id } = await submitExampleScene(world);
    while (!partsOf(world, id).some((part) => part.partOf?.name === name && part.status === "generating")) {
      await world.run(1);
    }
    const cancelled = await cancelJob(world.deps, await world.job(id), "owner");
    await world.run(600);

    expect(cancelled.status).toBe("cancelled");
    expect(partsOf(world, id).map(({ status }) => status)).not.toContain("generating");
    expect(partsOf(world, id).at(-1)?.status).toBe("cancelled");
    expect((await world.job(id)).chargedCredits).toBe(name === "image" ? 0 : imageCredits);
    await expectSettled(world);
  });

  it("whose part was begun while it was being cancelled is not paid for", async () => {
    const world = createWorld();
    const { id } = await submitExampleScene(world);
    // The scene is planned and its picture begun, whose own start is still queued.
    await world.runDue();
    await world.runDue();
    expect(partsOf(world, id)).toMatchObject([{ status: "queued", attempts: [] }]);
    await cancelJob(world.deps, await world.job(id), "owner");
    await world.run(300);
    expect(world.paidStarts()).toEqual([]);
    await expectSettled(world);
  });

  it("falls back like any job when a provider fails at one of its steps", async () => {
    const world = createWorld({ faults: ["runway:fail*1", "runware:fail*1"] });
    const { id } = await submitExampleScene(world);
    const job = await runUntilEnded(world, id);
    expect(job.status).toBe("completed");
    expect(partsOf(world, id).flatMap(({ attempts }) => attempts).length).toBeGreaterThan(2);
    expect(job.attempts).toEqual([]);
    await expectSettled(world);
  });

  it("whose picture is damaged has another made, and shows nobody the first", async () => {
    const world = createWorld({ faults: ["runway:bad-output=corrupt*1", "runware:bad-output=corrupt*1"] });
    const { id } = await submitExampleScene(world);
    const job = await runUntilEnded(world, id);
    const [image] = partsOf(world, id);
    expect(job.status).toBe("completed");
    expect(image?.attempts[0]).toMatchObject({
      state: "failed",
      wasted: true,
      failure: { code: "bad_output" },
    });
    expect(image?.output?.publicUrl).toContain(`images/owner-1/${image?.id}-${image?.pictureToken}.png`);
    await expectSettled(world);
  });

  it("counts what its parts cost, and no circuit or history learns from itself", async () => {
    const world = createWorld();
    const { id } = await submitExampleScene(world);
    const job = await runUntilEnded(world, id);
    const parts = partsOf(world, id).flatMap(({ attempts }) => attempts);
    const paid = parts.reduce((sum, attempt) => sum + (attempt.costUsdMicros ?? 0), 0);
    expect(job.composition?.costUsdMicros).toBe(paid);
    expect(providerCostUsdMicros(job)).toBe(paid);
    const { health } = await world.deps.snapshot();
    expect(Object.keys(health.stats).filter((model) => model.startsWith("scene"))).toEqual([]);
  });

  it("is listed alone, without its parts", async () => {
    const world = createWorld();
    const { id } = await submitExampleScene(world);
    await runUntilEnded(world, id);
    const { items } = await world.deps.jobs.listByOwner(caller.uid, { limit: 10 });
    expect(items.map((job) => job.id)).toEqual([id]);
  });

  it("is cleaned up with its parts and their files, but not before a later try that uses them", async () => {
    const { world, job } = await sceneWithoutVideo();
    const again = await retryVideo(world.deps, caller.uid, job.id);
    const done = await runUntilEnded(world, again.id);
    const image = done.composition?.parts[0]?.output.path ?? "";
    world.advance(91 * 86_400);

    const first = await cleanUp(world.deps, { olderThanDays: 90, dryRun: false });
    expect(first.jobs).toEqual([again.id]);
    expect(await world.deps.media.stat(image)).not.toBeNull();
    await cleanUp(world.deps, { olderThanDays: 90, dryRun: false });

    expect(await world.deps.media.stat(image)).toBeNull();
    expect(world.database.jobs.size).toBe(0);
  });

  it.each([
    [{ scene: undefined }, "scene"],
    [{ scene: { ...scene.scene, imagePrompt: " " } }, "scene.imagePrompt"],
    [{ scene: { ...scene.scene, visualPrompt: "x".repeat(4_001) } }, "scene.visualPrompt"],
    [{ scene: { ...scene.scene, referenceImage: "http://example.com/a.png" } }, "scene.referenceImage"],
    [{ scene: { ...scene.scene, referenceImage: "https://example.com/a.svg" } }, "scene.referenceImage"],
    [{ scene: { ...scene.scene, durationSeconds: 61 } }, "scene.durationSeconds"],
    [{ scenario: { resolution: "1000:1000" } }, "scenario.resolution"],
    [{ scenario: { ratio: "16:9" } }, "scenario.ratio"],
    [{ providers: { only: ["acme"] } }, "providers.only"],
    [{ providers: { only: ["heygen"] } }, "still"],
    [{ maxCostUsd: 0.01 }, "maxCostUsd"],
  ])("with a mistake is refused before anything is charged: %j", async (changes, named) => {
    const world = createWorld();
    await expect(submitExampleScene(world, changes)).rejects.toThrow(named);
    expect(world.database.jobs.size).toBe(0);
    expect(world.database.accounts.size).toBe(0);
  });

  it("whose video nobody ever makes is told that, also while nobody makes its picture", async () => {
    const world = createWorld();
    for (const { model } of world.deps.catalogue.entries)
      if (model.medium === "image") await world.deps.health.setSwitch(model.id, "off");
    await expect(
      submitExampleScene(world, { scene: { ...scene.scene, durationSeconds: 60 } }),
    ).rejects.toMatchObject({ code: "invalid_argument", details: { field: "scene.durationSeconds" } });
  });

  it("leaves its video no money that may have been paid for an unanswered start of its picture", async () => {
    const policy = { ...plainPrices, ambiguous: { action: "failOver", waitSeconds: 900 } } as const;
    const world = createWorld({ policy, faults: ["runway:lost*1"] });
    const maxCostUsd = 5;
    const { id } = await submitExampleScene(world, { maxCostUsd, providers: { prefer: ["runway"] } });
    const job = await runUntilEnded(world, id);
    expect(job.status).toBe("completed");
    const [picture, video] = partsOf(world, id);
    const [lost, made] = picture?.attempts ?? [];
    expect(lost).toMatchObject({ state: "unanswered", operation: null, costUsdMicros: null });
    const spent = (lost?.estimatedCostUsdMicros ?? 0) + (made?.costUsdMicros ?? 0);
    expect(spent).toBeGreaterThan(made?.costUsdMicros ?? 0);
    expect(video?.request).toMatchObject({ maxCostUsd: expect.closeTo(maxCostUsd - spent / 1_000_000, 6) });
    expect(job.composition?.costUsdMicros).toBe(spent + (video?.attempts[0]?.costUsdMicros ?? 0));
  });

  it("with a reference picture asks for it as @product", async () => {
    const world = createWorld();
    const referenceImage = "https://images.example.com/product.png";
    const { id } = await submitExampleScene(world, { scene: { ...scene.scene, referenceImage } });
    const job = await runUntilEnded(world, id);
    expect(job.status).toBe("completed");
    expect(partsOf(world, id)[0]?.attempts[0]?.plan.references).toEqual([
      { url: referenceImage, tag: "product" },
    ]);
  });
});

/** A scene whose picture was made and whose video failed for good; later videos are made. */
async function sceneWithoutVideo() {
  let refuses = true;
  const world = createWorld({
    wrap: (provider) => ({
      ...provider,
      start: (plan, context) =>
        refuses && plan.mode === "image"
          ? Promise.resolve({ status: "refused", failure: { code: "content_blocked" } })
          : provider.start(plan, context),
    }),
  });
  const { id } = await submitExampleScene(world);
  const job = await runUntilEnded(world, id);
  refuses = false;
  return { world, job };
}
