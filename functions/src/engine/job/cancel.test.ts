import { describe, expect, it } from "@jest/globals";
import { expectSettled } from "../../../test/engine/settled.js";
import { caller, createWorld, type World } from "../../../test/engine/world.js";
import type { JobStatus } from "../../domain/job/job.js";
import { storeVideo } from "../store/store-video.js";
import { cancelJob } from "./cancel.js";

/** Lets a job come as far as a status, and no further. */
async function bringTo(world: World, jobId: string, status: JobStatus): Promise<void> {
  while ((await world.job(jobId)).status !== status) {
    const waitMs = Math.max(0, (world.queue.nextDueAt() ?? world.now()) - world.now());
    world.advance(waitMs / 1_000);
    await world.runDue();
  }
}

const runway = { providers: { only: ["runway"] } };
const runware = { providers: { only: ["runware"] } };

describe("a cancellation", () => {
  it.each<[JobStatus, Record<string, unknown>, string]>([
    ["queued", runway, "confirmed"],
    ["generating", runway, "confirmed"],
    ["generating", runware, "unconfirmed"],
    ["storing", runway, "confirmed"],
  ])("of a job that is %s at %j releases its credits at once and is %s", async (status, changes, outcome) => {
    const world = createWorld();
    const { id } = await world.submit(changes);
    await bringTo(world, id, status);
    const job = await cancelJob(world.deps, await world.job(id), "owner");
    expect(job).toMatchObject({
      status: "cancelled",
      cancellation: { by: "owner", outcome, refundedCredits: 10 },
    });
    expect(await world.deps.credits.account(caller.uid)).toMatchObject({ held: 0, spent: 0, balance: 1_000 });
    await world.run(7_200);
    expect((await world.job(id)).status).toBe("cancelled");
    expect(world.notifier.ended).toHaveLength(1);
    await expectSettled(world);
  });

  it("of a job that has ended changes nothing", async () => {
    const world = createWorld();
    const { id } = await world.submit();
    await world.run(600);
    const done = await world.job(id);
    expect(await cancelJob(world.deps, done, "owner")).toEqual(done);
    await expectSettled(world);
  });

  it("twice at once refunds once", async () => {
    const world = createWorld();
    const { id } = await world.submit();
    await world.runDue();
    const job = await world.job(id);
    await Promise.all([cancelJob(world.deps, job, "owner"), cancelJob(world.deps, job, "admin")]);
    await world.run(3_600);
    await expectSettled(world);
    const releases = await world.deps.credits.ledger(caller.uid, 100);
    expect(releases.filter((line) => line.type === "release")).toHaveLength(1);
  });

  it("asks the provider to stop once, not once for each effect that is owed", async () => {
    let stops = 0;
    const world = createWorld({
      wrap: (provider) =>
        provider.cancel === undefined
          ? provider
          : {
              ...provider,
              cancel: async () => {
                stops += 1;
                return { status: "confirmed" };
              },
            },
    });
    const { id } = await world.submit(runway);
    await world.runDue();
    await cancelJob(world.deps, await world.job(id), "owner");
    expect(stops).toBe(1);
    expect(world.notifier.ended).toHaveLength(1);
  });

  it("is delivered later when the provider cannot be reached now", async () => {
    const world = createWorld();
    const { id } = await world.submit(runway);
    await world.runDue();
    world.unplugged.add("runway");
    const job = await cancelJob(world.deps, await world.job(id), "owner");
    expect(job).toMatchObject({ status: "cancelled", cancellation: { outcome: "requested" } });
    world.unplugged.clear();
    await world.run(120);
    expect((await world.job(id)).cancellation?.outcome).toBe("confirmed");
    await expectSettled(world);
  });

  it("while the file is being stored leaves no file behind", async () => {
    const world = createWorld();
    const { id } = await world.submit();
    await bringTo(world, id, "storing");
    const racing = {
      ...world.deps,
      inspector: {
        ...world.deps.inspector,
        video: async (path: string) => {
          await cancelJob(world.deps, await world.job(id), "owner");
          return world.deps.inspector.video(path);
        },
      },
    };
    expect(await storeVideo(racing, id)).toBeNull();
    expect(await world.job(id)).toMatchObject({ status: "cancelled", output: null });
    expect(await world.deps.media.stat(`videos/owner-1/${id}.mp4`)).toBeNull();
    await expectSettled(world);
  });
});
