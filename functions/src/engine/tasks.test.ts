import { describe, expect, it } from "@jest/globals";
import { createWorld } from "../../test/engine/world.js";
import type { Job } from "../domain/job/job.js";
import { tasksOf } from "./tasks.js";

const world = createWorld();
const namesOf = (job: Job) => tasksOf(world.deps, job, world.now()).map(({ name }) => name);

async function storing(): Promise<Job> {
  const { id } = await world.submit();
  for (;;) {
    const job = await world.job(id);
    if (job.status === "storing") return job;
    world.advance(((world.queue.nextDueAt() ?? world.now()) - world.now()) / 1_000);
    await world.runDue();
  }
}

describe("the name of a task", () => {
  it("is the same whatever else has changed about the job, so that a step is enqueued once", async () => {
    const job = await storing();
    expect(namesOf({ ...job, version: job.version + 1, progressPercent: 99 })).toEqual(namesOf(job));
    expect(namesOf(job)).toHaveLength(1);
  });

  it("is another one when the step is due at another time, or of another attempt", async () => {
    const job = await storing();
    const dueAt = world.now() + 5_000;
    const names = [
      { step: "store", attempt: 1, dueAt },
      { step: "store", attempt: 1, dueAt: dueAt + 1 },
      { step: "store", attempt: 2, dueAt },
      { step: "start", dueAt },
    ] as const;
    expect(new Set(names.flatMap((next) => namesOf({ ...job, next }))).size).toBe(4);
  });

  it("tells a start to be made from one to be looked after and one to be given up", async () => {
    const job = await storing();
    const next = { step: "start", dueAt: world.now() } as const;
    const names = (["failed", "starting", "ambiguous"] as const).flatMap((state) =>
      namesOf({ ...job, next, attempts: job.attempts.map((attempt) => ({ ...attempt, state })) }),
    );
    expect(new Set(names).size).toBe(3);
  });
});
