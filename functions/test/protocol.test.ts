import { afterAll, afterEach, describe, expect, it, jest } from "@jest/globals";
import { installation } from "../src/domain/accounting/budget.js";
import { utcDay } from "../src/domain/day.js";
import { isTerminal, type Job, type JobStatus } from "../src/domain/job/job.js";
import type { Task } from "../src/domain/job/tasks.js";
import { usdToMicros } from "../src/domain/money.js";
import { defaultPolicy } from "../src/domain/policy/policy.js";
import type { StartContext } from "../src/domain/provider/provider.js";
import { resolveAmbiguous } from "../src/engine/admin/resolve-ambiguous.js";
import type { Deps } from "../src/engine/deps.js";
import { cancelJob } from "../src/engine/job/cancel.js";
import { quoteVideo } from "../src/engine/job/quote.js";
import { runTask } from "../src/engine/run-task.js";
import { startJob } from "../src/engine/start/start-job.js";
import { sweep } from "../src/engine/upkeep/sweep.js";
import { openFirestoreBench } from "./contract/fixtures/firestore-bench.js";
import { expectSettled } from "./engine/settled.js";
import { deliver, end } from "./engine/webhooks.js";
import { caller, type World, type WorldOptions } from "./engine/world.js";
import { type OpenPlace, openInMemory, openOnFirestore, type Place } from "./protocol/places.js";

/** Runway has no key for its starts, Runware has one, and both ask the same price. */
const sendOnce = { providers: { only: ["runway:veo3.1_fast"] } };
const withKey = { providers: { only: ["runware:google:3@3"] } };
const either = { providers: { only: ["runway:veo3.1_fast", "runware:google:3@3"], prefer: ["runway"] } };
const avatar = { kind: "avatar", script: "Hello there.", prompt: undefined, providers: { only: ["heygen"] } };

const emulator = await openFirestoreBench("demo-protocol");

afterAll(async () => {
  if (typeof emulator !== "string") await emulator.close();
});

describe("the protocol, with stores and simulators in this process", () => describeProtocol(openInMemory));

if (typeof emulator === "string") {
  describe.skip(`the protocol, on Firestore and over HTTP: ${emulator}`, () =>
    describeProtocol(openInMemory));
} else {
  describe("the protocol, on Firestore and over HTTP", () => describeProtocol(openOnFirestore(emulator)));
}

/** What must hold whatever is lost, doubled or late; told once for every place. */
function describeProtocol(openPlace: OpenPlace): void {
  let place: Place;
  let world: World;
  let queued: () => readonly Task[];

  /** Opens a world whose installation may spend so much a day. */
  async function open(options: WorldOptions & { usd?: number } = {}): Promise<void> {
    place = await openPlace(options);
    world = place.world;
    const enqueue = jest.spyOn(world.queue, "enqueue");
    queued = () => [...new Map(enqueue.mock.calls.map(([name, task]) => [name, task])).values()];
    const budgets = { ...defaultPolicy.budgets, installation: { usd: options.usd ?? 100 } };
    await world.deps.policies.publish({
      policy: { ...defaultPolicy, version: 1, budgets },
      author: "root",
      note: "counts what is spent",
      publishedAt: world.now(),
      replaces: null,
    });
  }

  afterEach(() => place.close());

  /** Lets one moment happen: that of the next task, or the next round of the sweeper. */
  async function step(run: (tasks: readonly Task[]) => Promise<unknown> = runInTurn): Promise<void> {
    const now = world.now();
    const sweepAt = (Math.floor(now / 60_000) + 1) * 60_000;
    const next = Math.min(sweepAt, Math.max(now, world.queue.nextDueAt() ?? sweepAt));
    world.advance((next - now) / 1_000);
    await run(world.queue.takeDue(next));
    if (next === sweepAt) await sweep(world.deps);
  }

  async function runInTurn(tasks: readonly Task[]): Promise<void> {
    for (const task of tasks) await runTask(world.deps, task);
  }

  /** Every task twice, everything at once, and a sweeper in between. */
  async function runInStorm(tasks: readonly Task[]): Promise<void> {
    const handlers = [...tasks, ...tasks].map((task) => runTask(world.deps, task));
    await Promise.all([...handlers, sweep(world.deps)]);
  }

  async function until(jobId: string, reached: (job: Job) => boolean, run = runInTurn): Promise<Job> {
    for (let steps = 0; steps < 500; steps += 1) {
      const job = await world.job(jobId);
      if (reached(job)) return job;
      await step(run);
    }
    throw new Error(`${jobId} did not get there`);
  }

  const untilStatus = (jobId: string, status: JobStatus) => until(jobId, (job) => job.status === status);
  const untilEnded = (jobId: string, run = runInTurn) => until(jobId, isTerminal, run);

  async function everyJob(): Promise<Job[]> {
    const { items } = await world.deps.jobs.listByOwner(caller.uid, { limit: 100 });
    return Promise.all(items.map(({ id }) => world.job(id)));
  }

  async function books() {
    const [use] = await world.deps.jobs.budgetUse(utcDay(world.now()), [installation]);
    const account = await world.deps.credits.account(caller.uid);
    const ledger = await world.deps.credits.ledger(caller.uid, 1_000);
    return { jobs: await everyJob(), account, ledger, usedUsdMicros: use?.usdMicros ?? 0 };
  }

  /** The books are right, with so many paid starts; and nothing that comes later changes them. */
  async function expectOver(paid: number): Promise<void> {
    const before = await books();
    await expectSettled(world, before.jobs);
    const bills = world.paidStarts();
    expect(bills).toHaveLength(paid);
    const paidAttempts = before.jobs.flatMap(({ attempts }) =>
      attempts.filter(({ operation, wasted }) => operation !== null || wasted),
    );
    expect(paidAttempts).toHaveLength(paid);
    expect(before.usedUsdMicros).toBe(
      paidAttempts.reduce((sum, one) => sum + (one.costUsdMicros ?? one.estimatedCostUsdMicros), 0),
    );
    world.advance(300);
    await Promise.all(queued().map((task) => runTask(world.deps, task)));
    await sweep(world.deps);
    expect(await books()).toEqual(before);
    expect(world.paidStarts()).toEqual(bills);
  }

  /** The same deps, where this happens after a provider has accepted and before its answer is here. */
  function afterAcceptance(happen: (context: StartContext) => Promise<unknown>): Deps {
    const providers = [...world.deps.providers].map(([id, provider]) => {
      const start: typeof provider.start = async (plan, context) => {
        const answer = await provider.start(plan, context);
        await happen(context);
        return answer;
      };
      return [id, { ...provider, start }] as const;
    });
    return { ...world.deps, providers: new Map(providers) };
  }

  /** A handler that is gone after the paid call, and before anything is written of it. */
  async function dieAfterPaying(jobId: string): Promise<void> {
    await new Promise<void>((die) => {
      const doomed = afterAcceptance(() => {
        die();
        return new Promise(() => {});
      });
      void startJob(doomed, jobId);
    });
    world.loseTasks();
  }

  it.each([
    ["runway", sendOnce],
    ["runware", withKey],
    ["heygen", avatar],
  ])("completes a job at %s and pays once", async (provider, request) => {
    await open();
    const { id } = await world.submit(request);
    expect(await untilEnded(id)).toMatchObject({ status: "completed", attempts: [{ provider }] });
    await expectOver(1);
  });

  it("pays once for each job when every task comes twice and all handlers run at once", async () => {
    await open();
    const jobs = await Promise.all([sendOnce, withKey].map((request) => world.submit(request)));
    for (const { id } of jobs) expect((await untilEnded(id, runInStorm)).status).toBe("completed");
    await expectOver(2);
  });

  it("makes one job of one request that is sent three times at once", async () => {
    await open();
    const request = { ...withKey, requestId: "request-of-the-client" };
    const jobs = await Promise.all([1, 2, 3].map(() => world.submit(request)));
    expect(new Set(jobs.map(({ id }) => id)).size).toBe(1);
    await untilEnded(jobs[0]?.id ?? "");
    await expectOver(1);
  });

  it("goes on by its sweeper when every task is deleted, at every stage of a job", async () => {
    await open();
    const { id } = await world.submit(either);
    world.loseTasks();
    for (const status of ["generating", "storing"] as const) {
      await untilStatus(id, status);
      world.loseTasks();
    }
    expect((await untilEnded(id)).status).toBe("completed");
    await expectOver(1);
  });

  it("falls back to the next provider when one is down", async () => {
    await open({ faults: ["runway:down"] });
    const { id } = await world.submit(either);
    expect(await untilEnded(id)).toMatchObject({
      status: "completed",
      attempts: expect.arrayContaining([
        expect.objectContaining({ provider: "runware", state: "succeeded" }),
      ]),
    });
    expect(world.paidStarts("runway")).toEqual([]);
    await expectOver(1);
  });

  it("falls back when a generation breaks after it was accepted, and both are on the books", async () => {
    await open({ faults: ["runway:fail*1"] });
    const { id } = await world.submit(either);
    expect((await untilEnded(id)).attempts.length).toBeGreaterThan(1);
    await expectOver(2);
  });

  it.each([
    ["its answer was lost", ["runway:lost*1"]],
    ["its handler died before it could write it down", []],
  ])(
    "never pays a second time for a start without a key when %s, and takes the paid one up",
    async (_, faults) => {
      await open({ faults });
      const { id } = await world.submit(sendOnce);
      if (faults.length === 0) await dieAfterPaying(id);
      await until(id, ({ attempts }) => attempts[0]?.state === "ambiguous");
      world.advance(360);
      await sweep(world.deps);
      const [bill, ...others] = world.paidStarts();
      expect(others).toEqual([]);
      const verdict = { type: "attach", operationId: bill?.id ?? "" } as const;
      await resolveAmbiguous(world.deps, "root", { jobId: id, attempt: 1, verdict });
      expect(await untilEnded(id)).toMatchObject({ status: "completed", attempts: [{ sends: 1 }] });
      await expectOver(1);
    },
  );

  it.each([
    ["its answer was lost", ["runware:lost*1"]],
    ["its handler died before it could write it down", []],
  ])("finds a start with a key again when %s", async (_, faults) => {
    await open({ faults });
    const { id } = await world.submit(withKey);
    if (faults.length === 0) await dieAfterPaying(id);
    expect((await untilEnded(id)).status).toBe("completed");
    await expectOver(1);
  });

  it.each([
    ["runway", sendOnce],
    ["runware", withKey],
  ])(
    "releases the credits of a cancelled job once, and a late result of %s revives nothing",
    async (_, request) => {
      await open();
      const { id } = await world.submit(request);
      const job = await untilStatus(id, "generating");
      await Promise.all([cancelJob(world.deps, job, "owner"), cancelJob(world.deps, job, "admin")]);
      world.advance(600);
      for (const { webhook } of world.takeWebhooks()) {
        await Promise.all([deliver(world, webhook), deliver(world, webhook)]);
      }
      for (let steps = 0; steps < 5; steps += 1) await step();
      expect(await world.job(id)).toMatchObject({ status: "cancelled", output: null });
      const ledger = await world.deps.credits.ledger(caller.uid, 100);
      expect(ledger.filter(({ type }) => type === "release")).toHaveLength(1);
      await expectOver(1);
    },
  );

  it("accepts one of several jobs that are submitted at once with credits for one", async () => {
    await open({ credits: 15 });
    const answers = await Promise.allSettled([1, 2, 3, 4].map(() => world.submit(withKey)));
    const refused = answers.filter(({ status }) => status === "rejected");
    expect(refused).toEqual(
      Array(3).fill({
        status: "rejected",
        reason: expect.objectContaining({ code: "insufficient_credits" }),
      }),
    );
    const [job] = await everyJob();
    await untilEnded(job?.id ?? "");
    await expectOver(1);
  });

  it("starts one of several jobs that meet with a budget for one", async () => {
    await open();
    const quote = await quoteVideo(world.deps, caller, { kind: "text", prompt: "A paper boat", ...withKey });
    const usd = quote.candidates[0]?.costUsd ?? 0;
    await place.close();
    await open({ usd });
    const jobs = await Promise.all([1, 2, 3].map(() => world.submit(withKey)));
    await Promise.all(jobs.map(({ id }) => startJob(world.deps, id)));
    const ended = await Promise.all(jobs.map(({ id }) => untilEnded(id)));
    expect(ended.map(({ status }) => status).sort()).toEqual(["completed", "failed", "failed"]);
    expect((await books()).usedUsdMicros).toBe(usdToMicros(usd));
    await expectOver(1);
  });

  it("takes a webhook that comes before its start is recorded, and one that comes twice, for a hint", async () => {
    await open();
    const { id } = await world.submit(withKey);
    const early = afterAcceptance(async ({ callbackUrl: url = "" }) => {
      expect(await deliver(world, { url, headers: {}, body: end })).toBe("accepted");
    });
    await startJob(early, id);
    expect((await world.job(id)).status).toBe("generating");
    world.advance(300);
    const copies = world.takeWebhooks().flatMap(({ webhook }) => [webhook, webhook]);
    expect(copies).toHaveLength(2);
    await Promise.all(copies.map((webhook) => deliver(world, webhook)));
    expect((await world.job(id)).status).toBe("storing");
    expect((await untilEnded(id)).status).toBe("completed");
    await expectOver(1);
  });
}
