import { afterAll, beforeEach, describe, expect, it } from "@jest/globals";
import functionsTest from "firebase-functions-test";
import type { Job } from "../src/domain/job/job.js";
import type { Task } from "../src/domain/job/tasks.js";
import { useRuntime } from "../src/entrypoints/config/runtime.js";
import * as functions from "../src/index.js";
import { call, dispatch, textRequest } from "./entrypoints/calls.js";
import { openWorld, type World } from "./entrypoints/world.js";

const { wrap, cleanup } = functionsTest({ projectId: "demo-entrypoints" });
const tasks = {
  start: functions.startJob,
  poll: functions.pollJob,
  advance: functions.advanceJob,
  store: functions.storeVideo,
  delete_user: functions.deleteUser,
};
const scheduledNow = { scheduleTime: "2026-11-21T04:00:00Z" };

let world: World;
let jobId: string;

beforeEach(async () => {
  world = openWorld();
  useRuntime(world.deps, { retentionDays: 30 });
  ({ jobId } = await wrap(functions.createVideo)(call(textRequest, "ada")));
});

afterAll(() => cleanup());

const run = (task: Task) => dispatch(tasks[task.type], task);

async function takeTask(type: Task["type"]): Promise<Task> {
  for (;;) {
    const dueAt = world.queue.nextDueAt();
    if (dueAt === null) throw new Error(`no ${type} task`);
    world.advance(Math.max(0, dueAt - world.deps.now()));
    for (const task of world.queue.takeDue(world.deps.now())) {
      if (task.type === type) return task;
      await run(task);
    }
  }
}

describe("the task functions", () => {
  it("carry a job from its start to the stored and charged video", async () => {
    await world.runTasks(run);
    expect(await world.deps.jobs.get(jobId)).toMatchObject({ status: "completed", chargedCredits: 10 });
  });

  it("understand a body of another version: unknown fields are dropped, later ones have a default", async () => {
    const poll = await takeTask("poll");
    const { misses: _, ...older } = { misses: 0, ...poll };
    world.advance(60_000);
    await dispatch(tasks.poll, { ...older, colour: "red", lastPollAt: 1 });
    expect(await world.deps.jobs.get(jobId)).toMatchObject({ status: "storing" });
  });

  it("answer a poll of the version before that polled a job of parts: its parts are begun", async () => {
    const scene = { imagePrompt: "A boat at the edge of a river", visualPrompt: "The boat sets off" };
    const poll = await takeTask("poll");
    const { jobId: wholeId } = await wrap(functions.createSceneVideo)(call({ scene }, "ada"));
    world.queue.takeDue(Number.POSITIVE_INFINITY);
    await run({ type: "start", jobId: wholeId });
    const isPart = (job: Job) => job.partOf?.jobId === wholeId;
    const parts = async () => (await world.deps.jobs.listOpen({ limit: 100 })).filter(isPart);
    expect(await parts()).toEqual([]);
    await dispatch(tasks.poll, { ...poll, jobId: wholeId, provider: "scene", operation: { jobId: wholeId } });
    expect(await parts()).toMatchObject([{ partOf: { name: "image" }, status: "queued" }]);
  });

  it("do nothing twice when a task is delivered twice", async () => {
    const start = await takeTask("start");
    await run(start);
    await run(start);
    expect((await world.deps.jobs.get(jobId))?.attempts).toHaveLength(1);
  });

  it.each(Object.entries(tasks))(
    "%s puts an unreadable body down in the log instead of asking for it again",
    async (_name, task) => {
      await dispatch(task, { job: "?" });
      await dispatch(task, null);
      const errors = world.log.lines.filter((line) => line.event === "task.unreadable");
      expect(errors).toHaveLength(2);
      expect(errors[0]).toMatchObject({
        level: "error",
        fields: { fields: expect.stringMatching(/jobId|uid/) },
      });
    },
  );

  it("ask for another delivery when the store cannot be reached", async () => {
    const jobs = { ...world.deps.jobs, get: () => Promise.reject(new Error("unavailable")) };
    useRuntime({ ...world.deps, jobs });
    await expect(dispatch(tasks.start, { jobId })).rejects.toThrow("unavailable");
  });
});

describe("the scheduled functions", () => {
  it("sweep takes up a job whose tasks are all lost", async () => {
    world.queue.takeDue(Number.POSITIVE_INFINITY);
    world.advance(20_000);
    await functions.sweep.run(scheduledNow);
    expect(await world.deps.jobs.get(jobId)).toMatchObject({ status: "generating" });
  });

  it("checkHealth keeps what the providers say of their accounts", async () => {
    await functions.checkHealth.run(scheduledNow);
    const { health } = await world.deps.snapshot();
    expect(health).toMatchObject({ balances: { runway: 5_000_000 }, checkedAt: world.deps.now() });
  });

  it("cleanUp deletes what ended longer ago than the retention, and nothing that is open", async () => {
    await world.runTasks(run);
    const open = await wrap(functions.createVideo)(call(textRequest, "ada"));
    world.advance(29 * 86_400_000);
    await functions.cleanUp.run(scheduledNow);
    expect(await world.deps.jobs.get(jobId)).not.toBeNull();
    world.advance(2 * 86_400_000);
    await functions.cleanUp.run(scheduledNow);
    expect(await world.deps.jobs.get(jobId)).toBeNull();
    expect(await world.deps.jobs.get(open.jobId)).not.toBeNull();
  });
});
