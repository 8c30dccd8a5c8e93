import { describe, expect, it } from "@jest/globals";
import { batchOf } from "../../../test/engine/clips.js";
import {
  type OneScene,
  oneScene,
  submitOneScene,
  triesOf,
  verbs,
} from "../../../test/engine/failed-scenes.js";
import { expectSettled } from "../../../test/engine/settled.js";
import { caller, createWorld } from "../../../test/engine/world.js";
import type { Job } from "../../domain/job/job.js";
import { retryItem } from "../batch/retry-item.js";
import { submitScenes } from "../batch/submit-batch.js";
import type { Deps } from "../deps.js";
import { cleanUp } from "../upkeep/clean-up.js";
import { cancelJob } from "./cancel.js";
import { retryVideo } from "./retry.js";

/** A scene that failed through its providers; from now on they make what they are asked for. */
async function failedScene(): Promise<OneScene> {
  let refuses = true;
  const scene = await submitOneScene({
    wrap: (provider) => ({
      ...provider,
      start: (plan, context) =>
        refuses
          ? Promise.resolve({ status: "refused", failure: { code: "expired" } })
          : provider.start(plan, context),
    }),
  });
  refuses = false;
  expect(scene.job).toMatchObject({ status: "failed", error: { fault: "provider" } });
  return scene;
}

const pairs = Object.entries(verbs).flatMap(([name, verb]) =>
  Object.entries(verbs).map(([otherName, other]) => [name, otherName, verb, other] as const),
);

/** One job with one hold, which is the item of the batch and is paid for once. */
async function expectOneTry(scene: OneScene): Promise<void> {
  const { world, batchId } = scene;
  const tries = triesOf(scene);
  expect(tries).toHaveLength(1);
  expect(await world.deps.credits.account(caller.uid)).toMatchObject({ held: tries[0]?.heldCredits });
  await world.run(1_800);
  expect(await batchOf(world, batchId)).toMatchObject({
    status: "completed",
    items: { "1": { jobId: tries[0]?.id, tries: 2 } },
  });
  expect(world.paidStarts()).toHaveLength(2);
  await expectSettled(world);
}

describe("one failed job that two verbs start again is paid for once", () => {
  it.each(pairs)("when %s and %s come at the same time", async (_name, _other, verb, other) => {
    const scene = await failedScene();
    const [, second] = await Promise.allSettled([verb(scene), other(scene)]);
    if (second?.status === "rejected") expect(second.reason).toMatchObject({ code: "invalid_argument" });
    await expectOneTry(scene);
  });

  it.each(pairs)("when %s is followed by %s", async (_name, _other, verb, other) => {
    const scene = await failedScene();
    const again = await verb(scene);
    const answer = await other(scene).catch((error: unknown) => error);
    // The job that is there, "there is nothing to retry", or a refusal that names it.
    if (answer instanceof Error) expect(answer.message).toContain(`it was started again as ${again?.id}`);
    else expect(answer === null || (answer as Job).id === again?.id).toBe(true);
    expect(await scene.world.job(scene.job.id)).toMatchObject({ redrives: [again?.id] });
    await expectOneTry(scene);
  });

  it.each(pairs)(
    "when %s dies before it has noted the new job, and %s comes next",
    async (_name, _other, verb, other) => {
      const scene = await failedScene();
      const { deps } = scene.world;
      const dying: Deps = {
        ...deps,
        jobs: { ...deps.jobs, update: () => Promise.reject(new Error("the process has died")) },
      };
      await expect(verb(scene, dying)).rejects.toThrow("the process has died");
      expect(await scene.world.job(scene.job.id)).not.toHaveProperty("redrives");
      await other(scene);
      await expectOneTry(scene);
    },
  );
});

it("a cancelled scene keeps its picture for as long as the scene it was started again as", async () => {
  const world = createWorld();
  const { id: batchId } = await submitScenes(world.deps, caller, oneScene);
  const { jobId = "" } = (await batchOf(world, batchId)).items["1"] ?? {};
  while ((await world.job(jobId)).composition?.parts.length !== 1) await world.run(1);
  await cancelJob(world.deps, await world.job(jobId), "owner");
  await world.run(60);
  const again = await retryItem(world.deps, caller, await batchOf(world, batchId), "1");
  await world.run(1_800);
  const done = await world.job(again?.id ?? "");
  expect(done).toMatchObject({ status: "completed", composition: { parts: [{ name: "image" }, {}] } });

  const { endedAt } = await world.job(jobId);
  world.advance(90 * 86_400 - (world.now() - (endedAt ?? 0)) / 1_000 + 1);
  await cleanUp(world.deps, { olderThanDays: 90, dryRun: false });
  expect(await world.deps.jobs.get(done.id)).not.toBeNull();
  expect(await world.deps.media.stat(done.composition?.parts[0]?.output.path ?? "")).not.toBeNull();
});

describe("a plain video", () => {
  it("that failed is tried again as one new job, however often that is asked for", async () => {
    const world = createWorld({ faults: ["runway:moderated*1"] });
    const { id } = await world.submit();
    await world.run(600);
    expect(await world.job(id)).toMatchObject({ status: "failed" });
    const again = await Promise.all([
      retryVideo(world.deps, caller.uid, id),
      retryVideo(world.deps, caller.uid, id),
    ]);
    expect(new Set(again.map((job) => job.id)).size).toBe(1);
    expect((await retryVideo(world.deps, caller.uid, id)).id).toBe(again[0]?.id);
    await world.run(1_200);
    expect(await world.job(again[0]?.id ?? "")).toMatchObject({ status: "completed", redriveOf: id });
    await expectSettled(world);
  });

  it("that was cancelled is tried again; one that runs or is finished is not", async () => {
    const world = createWorld();
    const { id } = await world.submit();
    await expect(retryVideo(world.deps, caller.uid, id)).rejects.toThrow(/^jobId: it is queued/);
    await cancelJob(world.deps, await world.job(id), "owner");
    const again = await retryVideo(world.deps, caller.uid, id);
    await world.run(1_200);
    expect((await world.job(again.id)).status).toBe("completed");
    expect(world.paidStarts()).toHaveLength(1);
    const { id: done } = await world.submit();
    await world.run(1_200);
    await expect(retryVideo(world.deps, caller.uid, done)).rejects.toThrow(/^jobId: it is completed/);
    await expectSettled(world);
  });

  it("is not tried again, and nothing is held, while nobody can make it", async () => {
    const world = createWorld();
    const { id } = await world.submit();
    await cancelJob(world.deps, await world.job(id), "owner");
    for (const provider of world.deps.catalogue.providers) await world.deps.health.setSwitch(provider, "off");
    await expect(retryVideo(world.deps, caller.uid, id)).rejects.toMatchObject({ code: "no_candidate" });
    expect(await world.deps.credits.account(caller.uid)).toMatchObject({ held: 0 });
  });
});
