import { describe, expect, it } from "@jest/globals";
import { expectSettled } from "../../../test/engine/settled.js";
import { createWorld, type World } from "../../../test/engine/world.js";
import type { Job } from "../../domain/job/job.js";
import type { PollTask } from "../../domain/job/tasks.js";
import { defaultPolicy } from "../../domain/policy/policy.js";
import { cancelJob } from "../job/cancel.js";
import { toPollTask } from "../tasks.js";
import { pollJob } from "./poll-job.js";
import { createRefreshGate, refreshJob } from "./refresh-job.js";

async function generating(world: World, changes: Record<string, unknown> = {}): Promise<Job> {
  const { id } = await world.submit(changes);
  await world.runDue();
  return world.job(id);
}

function pollOf(world: World, job: Job): PollTask {
  const attempt = job.attempts.at(-1);
  const poll = attempt === undefined ? null : toPollTask(world.deps, job, attempt);
  if (poll === null) throw new Error("nothing to poll");
  return poll;
}

describe("a poll", () => {
  it("of a generation that is not finished touches no document and asks again later", async () => {
    const world = createWorld();
    const job = await generating(world);
    const before = world.queue.size();
    world.loseTasks();
    expect(await pollJob(world.deps, pollOf(world, job))).toBeNull();
    expect((await world.job(job.id)).version).toBe(job.version);
    expect(before).toBe(1);
    expect(world.queue.size()).toBe(0);
    world.advance(20);
    await pollJob(world.deps, pollOf(world, job));
    expect(world.queue.size()).toBe(1);
    expect(world.queue.nextDueAt()).toBeGreaterThan(world.now());
  });

  it("that is delivered twice advances the job once", async () => {
    const world = createWorld();
    const job = await generating(world);
    world.loseTasks();
    world.advance(300);
    const poll = pollOf(world, job);
    const results = await Promise.all([1, 2, 3].map(() => pollJob(world.deps, poll)));
    expect(results.filter((result) => result !== null)).toHaveLength(1);
    await world.run(300);
    expect(world.notifier.ended).toHaveLength(1);
    await expectSettled(world);
  });

  it("that cannot find out is a missed poll, not a failed job", async () => {
    const world = createWorld();
    const job = await generating(world);
    world.fault("runway:down");
    world.loseTasks();
    world.advance(60);
    await pollJob(world.deps, pollOf(world, job));
    world.advance(60);
    await world.runDue();
    expect((await world.job(job.id)).status).toBe("generating");
    const missed = world.log.lines.filter((line) => line.event === "provider.poll_missed");
    expect(missed.map((line) => line.fields.misses)).toEqual([1, 2]);
  });

  it("that cannot find out again and again is told once as an alarm, also across a hedge", async () => {
    const world = createWorld({ policy: { ...defaultPolicy, hedge: { enabled: true } } });
    const order = { only: ["runway:veo3.1_fast", "runware:google:3@3"], prefer: ["runway"] };
    await generating(world, { providers: order, deadlineSeconds: 3_600 });
    world.unplugged.add("runway");
    world.unplugged.add("runware");
    await world.run(450);
    const lines = (event: string) => world.log.lines.filter((line) => line.event === event);
    const misses = lines("provider.poll_missed").map((line) => line.fields.misses);
    expect(misses).toEqual(misses.map((_, index) => index + 1));
    expect(misses.length).toBeGreaterThan(12);
    expect(lines("provider.unreachable")).toMatchObject([
      { level: "error", fields: { provider: "runway", attempt: 1, misses: 10 } },
    ]);
  });

  it("that is answered with a word nobody knows names it once, and the job goes on", async () => {
    let word: string | undefined = "DREAMING";
    const world = createWorld({
      wrap: (provider) => ({
        ...provider,
        status: async (operation) =>
          word === undefined ? provider.status(operation) : { status: "pending", unknownWord: word },
      }),
    });
    const job = await generating(world);
    world.advance(60);
    world.loseTasks();
    await pollJob(world.deps, pollOf(world, job));
    const unknown = world.log.lines.filter((line) => line.event === "provider.unknown_status");
    expect(unknown).toMatchObject([
      { level: "warn", fields: { provider: "runway", jobId: job.id, attempt: 1, word: "DREAMING" } },
    ]);
    word = undefined;
    await world.run(600);
    expect((await world.job(job.id)).status).toBe("completed");
    await expectSettled(world);
  });

  it.each(["down", "hang", "html", "unauthorized"])("never takes %s for a verdict", async (fault) => {
    const world = createWorld();
    const job = await generating(world, { providers: { only: ["runway:veo3.1_fast"] } });
    world.fault(`runway:${fault}`);
    await world.run(150);
    expect(await world.job(job.id)).toMatchObject({ status: "generating", version: job.version });
    expect(world.log.lines.some((line) => line.event === "provider.poll_missed")).toBe(true);
  });

  it("finds the video when the line is back after minutes", async () => {
    const world = createWorld();
    const job = await generating(world, { providers: { only: ["runway:veo3.1_fast"] } });
    world.unplugged.add("runway");
    await world.run(150);
    world.unplugged.clear();
    await world.run(300);
    expect((await world.job(job.id)).status).toBe("completed");
    expect(world.paidStarts()).toHaveLength(1);
    await expectSettled(world);
  });

  it("that comes late, after a cancellation, revives nothing", async () => {
    const world = createWorld();
    const job = await generating(world, { providers: { only: ["runware"] } });
    const poll = pollOf(world, job);
    await cancelJob(world.deps, job, "owner");
    world.advance(600);
    await pollJob(world.deps, poll);
    const cancelled = await world.job(job.id);
    expect(cancelled).toMatchObject({ status: "cancelled", output: null, chargedCredits: 0 });
    expect(cancelled.attempts[0]).toMatchObject({ state: "succeeded", wasted: true });
    await world.run(60);
    await expectSettled(world);
  });
});

describe("the polls of a generation that never ends", () => {
  it("end an hour after nothing can come of it any more", async () => {
    const world = createWorld({ faults: ["runware:stuck"] });
    const job = await generating(world, { providers: { only: ["runware"] } });
    await cancelJob(world.deps, job, "owner");
    await world.run(3_600);
    expect(world.queue.size()).toBe(1);
    await world.run(2 * 3_600);
    expect(world.queue.size()).toBe(0);
    await expectSettled(world);
  });
});

describe("a deadline", () => {
  it("ends a job whose provider is stuck, and gives the credits back", async () => {
    const world = createWorld({ faults: ["runway:stuck", "runware:stuck", "heygen:stuck"] });
    const { id } = await world.submit({ deadlineSeconds: 400 });
    await world.run(480);
    const job = await world.job(id);
    expect(job).toMatchObject({ status: "failed", error: { code: "deadline_exceeded" }, chargedCredits: 0 });
    expect((job.endedAt ?? 0) - job.deadlineAt).toBeLessThanOrEqual(75_000);
    await world.run(7_200);
    expect((await world.job(id)).status).toBe("failed");
    await expectSettled(world);
  });

  it("ends a job that nobody ever started", async () => {
    const world = createWorld();
    const { id } = await world.submit({ deadlineSeconds: 400 });
    world.loseTasks();
    world.advance(401);
    await world.run(120);
    expect(await world.job(id)).toMatchObject({ status: "failed", error: { code: "deadline_exceeded" } });
    expect(world.paidStarts()).toEqual([]);
    await expectSettled(world);
  });
});

describe("a client that asks again and again", () => {
  it("reaches the provider no more often than its poll floor", async () => {
    let reads = 0;
    const world = createWorld({
      wrap: (provider) => ({
        ...provider,
        status: (operation) => {
          reads += 1;
          return provider.status(operation);
        },
      }),
    });
    const job = await generating(world);
    const gate = createRefreshGate();
    for (let second = 0; second < 10; second += 1) {
      await refreshJob(world.deps, job, gate);
      world.advance(1);
    }
    expect(reads).toBe(2);
  });

  it("gets the end of the generation without waiting for the next poll", async () => {
    const world = createWorld();
    const job = await generating(world);
    world.loseTasks();
    world.advance(300);
    expect((await refreshJob(world.deps, job, createRefreshGate())).status).toBe("storing");
  });
});
