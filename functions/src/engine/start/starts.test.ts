import { describe, expect, it } from "@jest/globals";
import { expectSettled } from "../../../test/engine/settled.js";
import { createWorld, type World } from "../../../test/engine/world.js";
import { defaultPolicy } from "../../domain/policy/policy.js";
import type { VideoProvider } from "../../domain/provider/provider.js";
import { cancelJob } from "../job/cancel.js";
import { startJob } from "./start-job.js";

/** Runway has no key for its starts, Runware has one. */
const sendOnce = { providers: { only: ["runway:veo3.1_fast", "runware:google:3@3"], prefer: ["runway"] } };
const withKey = { providers: { only: ["runware:google:3@3"] } };

describe("a start that was made and never answered", () => {
  it("at a provider without a key is never sent again: after the wait another is paid, on record", async () => {
    const world = createWorld({ faults: ["runway:lost*1"] });
    const { id } = await world.submit(sendOnce);
    await world.run(890);
    expect(await world.job(id)).toMatchObject({
      status: "queued",
      attempts: [{ state: "ambiguous", sends: 1 }],
    });
    await world.run(1_200);
    const job = await world.job(id);
    expect(job.status).toBe("completed");
    expect(job.attempts).toMatchObject([
      { provider: "runway", state: "unanswered", wasted: true, failure: { code: "ambiguous_start" } },
      { provider: "runware", state: "succeeded", wasted: false },
    ]);
    expect(world.paidStarts("runway")).toHaveLength(1);
    expect(world.paidStarts("runware")).toHaveLength(1);
    await expectSettled(world);
  });

  it("fails over without a wait when the policy says so", async () => {
    const policy = { ...defaultPolicy, ambiguous: { action: "failOver", waitSeconds: 900 } } as const;
    const world = createWorld({ faults: ["runway:lost*1"], policy });
    const { id } = await world.submit(sendOnce);
    await world.run(600);
    expect((await world.job(id)).status).toBe("completed");
    await expectSettled(world);
  });

  it.each(["lost", "hang", "reset"])(
    "at a provider with a key is sent again and billed once: %s",
    async (fault) => {
      const world = createWorld({ faults: [`runware:${fault}*1`] });
      const { id } = await world.submit(withKey);
      await world.run(900);
      const job = await world.job(id);
      expect(job).toMatchObject({ status: "completed", attempts: [{ sends: 2, state: "succeeded" }] });
      expect(world.paidStarts()).toHaveLength(1);
      await expectSettled(world);
    },
  );

  it("at a provider with a key that never answers is given up after four sends", async () => {
    const world = createWorld({ faults: ["runware:hang"] });
    const { id } = await world.submit(withKey);
    await world.run(3_600);
    const job = await world.job(id);
    expect(job).toMatchObject({ status: "failed", chargedCredits: 0 });
    expect(job.attempts[0]).toMatchObject({ sends: 4, state: "unanswered" });
    await expectSettled(world);
  });
});

describe("a process that dies between the claim of a start and the call", () => {
  it("at a provider with a key is taken over when its lease ends, and pays once", async () => {
    const world = createWorld({ wrap: dyingAtFirstStart("before") });
    const { id } = await world.submit(withKey);
    await die(world, id);
    expect(await world.job(id)).toMatchObject({ attempts: [{ state: "starting", sends: 1 }] });
    await startJob(world.deps, id);
    expect((await world.job(id)).attempts[0]?.sends).toBe(1);
    await world.run(600);
    expect(await world.job(id)).toMatchObject({ status: "completed", attempts: [{ sends: 2 }] });
    expect(world.paidStarts()).toHaveLength(1);
    await expectSettled(world);
  });

  it("at a provider without a key is never called a second time", async () => {
    const world = createWorld({ wrap: dyingAtFirstStart("before") });
    const { id } = await world.submit(sendOnce);
    await die(world, id);
    await world.run(2_400);
    const job = await world.job(id);
    expect(job).toMatchObject({
      status: "completed",
      attempts: [{ provider: "runway", state: "unanswered", sends: 1 }, { provider: "runware" }],
    });
    expect(world.paidStarts("runway")).toHaveLength(0);
    await expectSettled(world);
  });
});

describe("a process that dies between the call and its record", () => {
  it("at a provider with a key finds the generation that is already paid", async () => {
    const world = createWorld({ wrap: dyingAtFirstStart("after") });
    const { id } = await world.submit(withKey);
    await die(world, id);
    expect(world.paidStarts()).toHaveLength(1);
    await world.run(600);
    expect((await world.job(id)).status).toBe("completed");
    expect(world.paidStarts()).toHaveLength(1);
    await expectSettled(world);
  });

  it("at a provider without a key leaves one orphan, on record", async () => {
    const world = createWorld({ wrap: dyingAtFirstStart("after") });
    const { id } = await world.submit(sendOnce);
    await die(world, id);
    await world.run(2_400);
    const job = await world.job(id);
    expect(job.attempts[0]).toMatchObject({ wasted: true, failure: { code: "ambiguous_start" } });
    expect(world.paidStarts("runway")).toHaveLength(1);
    expect(world.paidStarts("runware")).toHaveLength(1);
    await expectSettled(world);
  });
});

describe("a handler that is held up between the claim of a start and the call", () => {
  const failOver = { ...defaultPolicy, ambiguous: { action: "failOver", waitSeconds: 900 } } as const;

  it("does not call after its attempt was given up and another one paid", async () => {
    const world = createWorld({ policy: failOver });
    const { id } = await world.submit(sendOnce);
    const goOn = await holdUp(world, id);
    await world.run(100);
    expect((await world.job(id)).attempts).toMatchObject([
      { provider: "runway", state: "unanswered" },
      { provider: "runware", state: "running" },
    ]);
    await goOn();
    expect(world.paidStarts("runway")).toEqual([]);
    expect(world.paidStarts()).toHaveLength(1);
    // Nobody has to look for it at the provider.
    const [first] = (await world.job(id)).attempts;
    expect(first).toMatchObject({ state: "failed", costUsdMicros: 0, wasted: false });
    await world.run(900);
    expect((await world.job(id)).status).toBe("completed");
    await expectSettled(world);
  });

  it.each([
    ["without a key", sendOnce],
    ["with a key", withKey],
  ])("does not call at a provider %s for a job that was cancelled meanwhile", async (_what, changes) => {
    for (const seconds of [1, 40]) {
      const world = createWorld();
      const { id } = await world.submit(changes);
      const goOn = await holdUp(world, id);
      await world.run(seconds);
      await cancelJob(world.deps, await world.job(id), "owner");
      await world.run(5);
      await goOn();
      expect(world.paidStarts()).toEqual([]);
      expect(await world.job(id)).toMatchObject({
        status: "cancelled",
        cancellation: { outcome: "confirmed" },
        attempts: [{ state: "failed", costUsdMicros: 0 }],
      });
      await expectSettled(world);
    }
  });

  it("and finds its lease over starts anew instead of calling, and waits for no answer", async () => {
    const world = createWorld();
    const { id } = await world.submit(sendOnce);
    const goOn = await holdUp(world, id);
    world.advance(31);
    await goOn();
    expect(world.paidStarts()).toEqual([]);
    await world.run(600);
    expect(await world.job(id)).toMatchObject({
      status: "completed",
      attempts: [{ state: "failed" }, { provider: "runway", state: "succeeded" }],
    });
    expect(world.paidStarts()).toHaveLength(1);
    await expectSettled(world);
  });

  it("leaves a start with a key to whoever has taken it over", async () => {
    let calls = 0;
    const world = createWorld({
      wrap: (provider) => ({
        ...provider,
        start: (plan, context) => {
          calls += 1;
          return provider.start(plan, context);
        },
      }),
    });
    const { id } = await world.submit(withKey);
    const goOn = await holdUp(world, id);
    await world.run(100);
    expect((await world.job(id)).attempts).toMatchObject([{ state: "running", sends: 2 }]);
    await goOn();
    expect(calls).toBe(1);
    expect((await world.job(id)).attempts).toMatchObject([{ state: "running", sends: 2 }]);
  });

  it("does not call while the store cannot tell how the job stands", async () => {
    const world = createWorld();
    const { id } = await world.submit(sendOnce);
    let reads = 0;
    const { jobs } = world.deps;
    const get = async (jobId: string) => {
      reads += 1;
      if (reads > 1) throw new Error("the store is out of reach");
      return jobs.get(jobId);
    };
    await startJob({ ...world.deps, jobs: { ...jobs, get } }, id);
    expect(world.paidStarts()).toEqual([]);
    await world.run(600);
    expect((await world.job(id)).status).toBe("completed");
    expect(world.paidStarts()).toHaveLength(1);
  });
});

describe("two instances that start the same job", () => {
  it("leave a call that is under way alone, also at a provider without a key", async () => {
    const states: string[] = [];
    const world: World = createWorld({
      wrap: (provider) => ({
        ...provider,
        async start(plan, context) {
          const id = context.idempotencyKey.split(":")[0] ?? "";
          await startJob(world.deps, id);
          states.push((await world.job(id)).attempts[0]?.state ?? "none");
          return provider.start(plan, context);
        },
      }),
    });
    await world.submit(sendOnce);
    await world.runDue();
    expect(states).toEqual(["starting"]);
    expect(world.paidStarts()).toHaveLength(1);
  });

  it("pay once", async () => {
    for (const changes of [sendOnce, withKey]) {
      const world = createWorld();
      const { id } = await world.submit(changes);
      await Promise.all([startJob(world.deps, id), startJob(world.deps, id), startJob(world.deps, id)]);
      await world.run(900);
      expect(world.paidStarts()).toHaveLength(1);
      await expectSettled(world);
    }
  });
});

/** A dead process neither answers nor throws: its first start never returns. */
function dyingAtFirstStart(when: "before" | "after") {
  let died = false;
  return (provider: VideoProvider): VideoProvider => ({
    ...provider,
    async start(plan, context) {
      if (died) return provider.start(plan, context);
      died = true;
      if (when === "after") await provider.start(plan, context);
      return new Promise(() => {});
    },
  });
}

/** Starts the job in a process that stands still right after its claim, until it may go on. */
async function holdUp(world: World, jobId: string): Promise<() => Promise<void>> {
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const { jobs } = world.deps;
  const update: typeof jobs.update = async (...values) => {
    const updated = await jobs.update(...values);
    await held;
    return updated;
  };
  const process = startJob({ ...world.deps, jobs: { ...jobs, update } }, jobId);
  await new Promise((resolve) => setImmediate(resolve));
  expect((await world.job(jobId)).attempts).toMatchObject([{ state: "starting", sends: 1 }]);
  world.loseTasks();
  return async () => {
    release();
    await process;
  };
}

/** Starts the job in a process of which nothing more is heard. */
async function die(world: World, jobId: string): Promise<void> {
  void startJob(world.deps, jobId);
  await new Promise((resolve) => setImmediate(resolve));
  expect((await world.job(jobId)).attempts).toHaveLength(1);
  world.loseTasks();
}
