import { describe, expect, it } from "@jest/globals";
import { interceptCalls } from "../../../simulation/kit/intercept-calls.js";
import { expectSettled } from "../../../test/engine/settled.js";
import { caller, createWorld, type World } from "../../../test/engine/world.js";
import { reasonOf } from "../../domain/errors.js";
import type { Deps } from "../deps.js";
import { runTask } from "../run-task.js";
import { storeOverdue } from "./store-overdue.js";
import { sweep } from "./sweep.js";

const request = { providers: { only: ["runware:google:3@3"] }, deadlineSeconds: 1_800 };
/** As the queue is declared: what fails so often is left to the sweeper. */
const deliveries = 5;

/** Every call that a job makes of the world from its start to its end, first come first. */
async function callsOfAJob(): Promise<string[]> {
  const world = createWorld();
  const names = new Set<string>();
  const watched = interceptCalls(world.deps, async (name, call) => {
    names.add(name);
    return call();
  });
  await world.submit(request);
  await live(world, watched, 900);
  return [...names];
}

/** Tasks and sweeps, where a task that fails is delivered as often as the queue does; tells what was thrown. */
async function live(world: World, deps: Deps, seconds: number): Promise<string[]> {
  const thrown: string[] = [];
  const isDone = (run: Promise<unknown>) =>
    run.then(
      () => true,
      (error: unknown) => {
        thrown.push(reasonOf(error));
        return false;
      },
    );
  for (let passed = 0; passed < seconds; passed += 5) {
    for (const task of world.queue.takeDue(world.now())) {
      for (let delivery = 0; delivery < deliveries; delivery += 1) {
        if (await isDone(runTask(deps, task))) break;
      }
    }
    if (passed % 60 === 0) {
      await isDone(sweep(deps));
      await isDone(storeOverdue(deps));
    }
    world.advance(5);
  }
  return thrown;
}

/** Without these nothing can be decided or written of any job: it waits until they are back. */
const ofTheStore = ["snapshot", "jobs.update"];
const names = await callsOfAJob();

describe("a job of which one call to the world fails every time", () => {
  it.each(names)(
    "ends all the same, charged for a file or not at all, and is told of: %s",
    async (poisoned) => {
      const world = createWorld();
      const { id } = await world.submit(request);
      const deps = interceptCalls(world.deps, async (name, call) => {
        if (name === poisoned) throw new TypeError(`${name} is poisoned`);
        return call();
      });
      const thrown = await live(world, deps, 2 * 3_600);
      if (ofTheStore.includes(poisoned)) await live(world, world.deps, 120);
      const job = await world.job(id);
      expect([job.status, job.chargedCredits]).toEqual(
        job.output === null ? ["failed", 0] : ["completed", 10],
      );
      expect(await world.deps.credits.account(caller.uid)).toMatchObject({
        held: 0,
        spent: job.chargedCredits,
      });
      expect(world.paidStarts().length).toBeLessThanOrEqual(1);
      const warnings = world.log.lines.filter(({ level }) => level !== "info");
      expect([...thrown, ...warnings]).not.toEqual([]);
      await live(world, world.deps, 120);
      await expectSettled(world);
    },
  );

  it("is tried for every call that there is", () => {
    expect(names).toEqual(
      expect.arrayContaining(["jobs.get", "runware.start", "media.write", "notifier.jobEnded"]),
    );
  });
});
