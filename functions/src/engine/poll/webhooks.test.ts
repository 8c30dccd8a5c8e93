import { describe, expect, it } from "@jest/globals";
import { expectSettled } from "../../../test/engine/settled.js";
import { callback, deliver, end, registerEndpoint, runWithWebhooks } from "../../../test/engine/webhooks.js";
import { createWorld, type World } from "../../../test/engine/world.js";
import { createWebhookAccess } from "../../adapters/shared/webhook-access.js";
import { cancelJob } from "../job/cancel.js";
import type { WebhookVerdict } from "./receive-webhook.js";
import { createRefreshGate } from "./refresh-job.js";

const requests = [
  { kind: "avatar", script: "Hello, I am Dana and I build data platforms.", providers: { only: ["heygen"] } },
  { providers: { only: ["runware"] } },
];

interface Told {
  readonly world: World;
  readonly verdicts: readonly WebhookVerdict[];
}

/** The same two jobs with other webhooks. */
async function tell(...faults: string[]): Promise<Told> {
  const world = createWorld({ faults });
  await registerEndpoint(world);
  for (const request of requests) await world.submit(request);
  const verdicts = await runWithWebhooks(world, 1_500);
  await expectSettled(world);
  return { world, verdicts };
}

const jobsOf = ({ world }: Told) => [...world.database.jobs.values()];
const endStates = (told: Told) =>
  jobsOf(told).map(({ status, chargedCredits, attempts }) => ({
    status,
    chargedCredits,
    attempts: attempts.map(({ model, state, costUsdMicros }) => ({ model, state, costUsdMicros })),
  }));
const finishedAt = (told: Told) => jobsOf(told).map((job) => job.attempts[0]?.endedAt ?? 0);
const all = (fault: string) => ["heygen", "runware"].map((vendor) => `${vendor}:${fault}`);

describe("webhooks on the way", () => {
  it("bring the end of a job within two seconds", async () => {
    const told = await tell();
    expect(told.verdicts.every((verdict) => verdict === "accepted")).toBe(true);
    expect(endStates(told).map(({ status }) => status)).toEqual(["completed", "completed"]);
    const received = [...told.world.deliveries.records.values()];
    // The vendor that signs reports at its callback and at the endpoint, with one event id.
    expect(received.map(({ outcome }) => outcome)).toEqual(["followed", "followed"]);
    expect(received.map(({ receivedAt }) => receivedAt).sort()).toEqual(finishedAt(told).sort());
  });

  it("lead to the same end, only later, when every one of them is lost", async () => {
    const [told, silent] = [await tell(), await tell(...all("webhook-lost"))];
    expect(silent.verdicts).toEqual([]);
    expect(endStates(silent)).toEqual(endStates(told));
    const delays = finishedAt(silent).map((at, index) => at - (finishedAt(told)[index] ?? 0));
    for (const delayMs of delays) expect(delayMs).toBeGreaterThanOrEqual(0);
    expect(Math.max(...delays)).toBeGreaterThan(0);
  });

  it("leave identical documents when each comes ten times", async () => {
    const [once, tenfold] = [await tell(), await tell(...all("webhook-repeated=10"))];
    expect(tenfold.verdicts.length).toBeGreaterThan(5 * once.verdicts.length);
    expect(jobsOf(tenfold)).toEqual(jobsOf(once));
    expect(tenfold.world.database).toEqual(once.world.database);
    expect([...tenfold.world.deliveries.records]).toEqual([...once.world.deliveries.records]);
  });

  it("change nothing when they come ten minutes late", async () => {
    const [late, silent] = [await tell(...all("webhook-late=600")), await tell(...all("webhook-lost"))];
    expect(jobsOf(late)).toEqual(jobsOf(silent));
    expect([...late.world.deliveries.records.values()].map(({ outcome }) => outcome)).toEqual([
      "late",
      "late",
    ]);
  });

  it("change nothing when a forgery comes before them", async () => {
    const [told, forged] = [await tell(), await tell(...all("webhook-forged"))];
    expect(forged.verdicts.filter((verdict) => verdict === "unverified").length).toBeGreaterThan(0);
    expect(jobsOf(forged)).toEqual(jobsOf(told));
  });
});

describe("a webhook at the wrong time", () => {
  it("before the start has returned is parked, and the provider is asked soon after it has", async () => {
    const reads: number[] = [];
    const verdicts: Promise<WebhookVerdict>[] = [];
    const world = createWorld({
      wrap: (provider) => ({
        ...provider,
        async start(plan, context) {
          const started = await provider.start(plan, context);
          const url = context.callbackUrl ?? "";
          verdicts.push(deliver(world, { url, headers: {}, body: end }));
          await verdicts[0];
          return started;
        },
        status: (operation) => {
          reads.push(world.now());
          return provider.status(operation);
        },
      }),
    });
    const { id } = await world.submit({ providers: { only: ["runware"] } });
    await world.runDue();
    expect(await verdicts[0]).toBe("accepted");
    expect([...world.deliveries.records.values()]).toMatchObject([{ outcome: "parked" }]);
    expect((await world.job(id)).status).toBe("generating");
    expect(reads).toEqual([]);
    const acceptedAt = world.now();
    await world.run(900);
    expect((reads[0] ?? Number.POSITIVE_INFINITY) - acceptedAt).toBeLessThanOrEqual(11_000);
    expect((await world.job(id)).status).toBe("completed");
    await expectSettled(world);
  });

  it("after a cancellation revives nothing, and what it cost is on record", async () => {
    const world = createWorld();
    const { id } = await world.submit({ providers: { only: ["runware"] } });
    await world.runDue();
    await cancelJob(world.deps, await world.job(id), "owner");
    world.loseTasks();
    world.advance(600);
    const [copy] = world.takeWebhooks();
    if (copy === undefined) throw new Error("nothing was sent");
    expect(await deliver(world, copy.webhook)).toBe("accepted");
    const job = await world.job(id);
    expect(job).toMatchObject({ status: "cancelled", output: null, chargedCredits: 0 });
    expect(job.attempts[0]).toMatchObject({ state: "succeeded", wasted: true });
    await world.run(60);
    await expectSettled(world);
  });

  it("days later is a repetition without effect", async () => {
    const world = createWorld();
    const { id } = await world.submit({ providers: { only: ["runware"] } });
    await world.run(30);
    await world.run(600);
    const [copy] = world.takeWebhooks();
    if (copy === undefined) throw new Error("nothing was sent");
    world.advance(10 * 86_400);
    const before = await world.job(id);
    for (let count = 0; count < 3; count += 1) await deliver(world, copy.webhook);
    expect(await world.job(id)).toEqual(before);
    expect([...world.deliveries.records.values()]).toMatchObject([{ outcome: "late" }]);
  });
});

describe("webhooks before their provider says the same", () => {
  it("ask no more often than its poll floor, and leave one more poll for soon", async () => {
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
    const { id } = await world.submit({ providers: { only: ["runware"] } });
    await world.runDue();
    world.advance(1);
    const before = world.queue.size();
    const gate = createRefreshGate();
    for (let count = 0; count < 10; count += 1) {
      const body = JSON.stringify({ taskType: "videoInference", taskUUID: `copy-${count}` });
      await deliver(world, callback(world, id, "runware", body), world.deps, gate);
    }
    expect(reads).toBe(1);
    expect(world.queue.size()).toBe(before + 1);
    expect((world.queue.nextDueAt() ?? 0) - world.now()).toBeLessThanOrEqual(10_000);
    expect((await world.job(id)).status).toBe("generating");
  });
});

describe("an installation without a webhook secret", () => {
  it("hands out no callback URL and believes nobody", async () => {
    const sent: unknown[] = [];
    const world = createWorld({
      wrap: (provider) => ({
        ...provider,
        start: (plan, context) => {
          sent.push(context);
          return provider.start(plan, context);
        },
      }),
    });
    const { webhooks } = world.deps;
    const deps = {
      ...world.deps,
      webhooks: createWebhookAccess({
        baseUrl: "https://fn.example.test",
        secrets: [],
        signingSecrets: new Map(),
        outOfReach: new Set(),
      }),
    };
    const { id } = await world.submit({ providers: { only: ["runware"] } });
    await world.runDue(deps);
    expect(sent).toEqual([{ idempotencyKey: `${id}:a1` }]);
    const url = webhooks.callbackUrl({ provider: "runware", jobId: id, attempt: 1 }) ?? "";
    expect(await deliver(world, { url, headers: {}, body: end }, deps)).toBe("unverified");
  });
});
