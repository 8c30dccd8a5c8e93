import { beforeEach, describe, expect, it } from "@jest/globals";
import { BudgetExceeded, type BudgetScope, installation } from "../../src/domain/accounting/budget.js";
import { utcDay } from "../../src/domain/day.js";
import { firstLines } from "../../src/domain/job/budget-lines.js";
import type { JobEvent } from "../../src/domain/job/event.js";
import type { Job } from "../../src/domain/job/job.js";
import { holdEntry, newJob } from "../../src/domain/job/new-job.js";
import { transition } from "../../src/domain/job/transition.js";
import { defaultPolicy, type Policy } from "../../src/domain/policy/policy.js";
import type { CreditStore } from "../../src/engine/ports/credit-store.js";
import type { Committed, JobStore } from "../../src/engine/ports/job-store.js";
import {
  accepted,
  anyNumber,
  claim,
  create,
  exampleOrder,
  grantEntry,
  startMs,
  succeeded,
  videoJob,
} from "./fixtures/jobs.js";
import type { JobBench } from "./job-store.contract.js";

const day = utcDay(startMs);
const runway: BudgetScope = { type: "provider", id: "runway" };
const ada: BudgetScope = { type: "user", id: "ada" };
/** What a claim of the fixtures reserves. */
const startUsd = 0.25;
/** Starts sent at the same moment: 500 at once took 12 s alone and too long on a busy machine (2026-11-21). */
const waveSize = 50;

function policyWith(budgets: Partial<Policy["budgets"]>): Policy {
  return { ...defaultPolicy, budgets: { ...defaultPolicy.budgets, ...budgets } };
}

async function inWaves<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<PromiseSettledResult<Result>[]> {
  const results: PromiseSettledResult<Result>[] = [];
  for (let start = 0; start < items.length; start += waveSize) {
    results.push(...(await Promise.allSettled(items.slice(start, start + waveSize).map(work))));
  }
  return results;
}

/** How every job store keeps budgets. Each test starts with an empty store. */
export function describeBudgetsContract(
  name: string,
  open: (options: { welcomeCredits: number }) => Promise<JobBench>,
): void {
  let jobs: JobStore;
  let credits: CreditStore;

  beforeEach(async () => {
    ({ jobs, credits } = await open({ welcomeCredits: 100 }));
  });

  function apply(job: Job, event: JobEvent, policy: Policy, at = startMs + 1_000): Promise<Committed | null> {
    return jobs.update(job.id, (current) => transition(current, event, at, policy));
  }

  async function used(scope: BudgetScope, onDay = day) {
    return (await jobs.budgetUse(onDay, [scope]))[0];
  }

  describe(`budgets in the ${name} job store`, () => {
    const capped = policyWith({
      user: { usd: 10, credits: null },
      providers: { runway: { usd: 5, seconds: 100 } },
      installation: { usd: 20 },
    });

    it("are not touched where nothing is capped", async () => {
      const job = videoJob("a1");
      await create(jobs, job);
      await apply(job, claim(job), defaultPolicy);
      expect(await used(runway)).toEqual({ usdMicros: 0, seconds: 0, credits: 0 });
    });

    it("reserve with the claim of a start, settle with its end, and count other days apart", async () => {
      const job = videoJob("a1");
      await create(jobs, job);
      await apply(job, claim(job), capped);
      for (const scope of [ada, runway, installation]) {
        expect(await used(scope)).toEqual({ usdMicros: 250_000, seconds: 5, credits: 0 });
        expect(await used(scope, "2026-11-22")).toMatchObject({ usdMicros: 0 });
      }
      await apply(job, accepted, capped);
      const billed: JobEvent = {
        type: "operation_ended",
        attempt: 1,
        status: { status: "succeeded", outputUrl: "https://files.example.com/1.mp4", costUsdMicros: 310_000 },
      };
      await apply(job, billed, capped, startMs + 86_400_000);
      expect(await jobs.budgetUse(day, [installation, ada, runway])).toEqual(
        Array(3).fill({ usdMicros: 310_000, seconds: 5, credits: 0 }),
      );
    });

    it("settle once, however often an event is repeated", async () => {
      const job = videoJob("a1");
      await create(jobs, job);
      await apply(job, claim(job), capped);
      const refused: JobEvent = { type: "start_refused", attempt: 1, failure: { code: "server_error" } };
      await Promise.all(Array.from({ length: 10 }, () => apply(job, refused, capped)));
      expect(await used(runway)).toEqual({ usdMicros: 0, seconds: 0, credits: 0 });
    });

    it.each<[string, Partial<Policy["budgets"]>, BudgetScope]>([
      ["money of a user", { user: { usd: 0.3, credits: null } }, ada],
      ["money of a provider", { providers: { runway: { usd: 0.3, seconds: null } } }, runway],
      ["seconds of a provider", { providers: { runway: { usd: null, seconds: 9 } } }, runway],
      ["money of the installation", { installation: { usd: 0.3 } }, installation],
    ])("refuse the claim that exceeds the %s, and then nothing is written", async (_unit, budgets, scope) => {
      const policy = policyWith(budgets);
      const [first, second] = [videoJob("a1"), videoJob("a2")];
      await create(jobs, first);
      await create(jobs, second);
      expect(await apply(first, claim(first), policy)).not.toBeNull();
      const refusal = await apply(second, claim(second), policy).catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(BudgetExceeded);
      expect(refusal).toMatchObject({ scope, day, used: { usdMicros: 250_000 } });
      expect(await jobs.get("a2")).toEqual(second);
      expect(await used(scope)).toMatchObject({ usdMicros: 250_000, seconds: 5 });
    });

    it("have room again for what a refused start gave back", async () => {
      const policy = policyWith({ installation: { usd: 0.3 } });
      const [first, second] = [videoJob("a1"), videoJob("a2")];
      await create(jobs, first);
      await create(jobs, second);
      await apply(first, claim(first), policy);
      await apply(first, { type: "start_refused", attempt: 1, failure: { code: "content_blocked" } }, policy);
      expect(await apply(second, claim(second), policy)).not.toBeNull();
    });

    it("count the credits of a user from the hold to what was charged", async () => {
      const policy = policyWith({ user: { usd: null, credits: 15 } });
      const counted = (id: string): Job =>
        newJob(id, { uid: "ada", tier: "free" }, exampleOrder(), policy, startMs);
      const start = (job: Job) => jobs.create(job, holdEntry(job), anyNumber, firstLines(job, policy));
      await start(counted("a1"));
      expect(await used(ada)).toMatchObject({ credits: 10 });
      await expect(start(counted("a2"))).rejects.toThrow(BudgetExceeded);
      expect(await jobs.get("a2")).toBeNull();
      expect(await credits.account("ada")).toMatchObject({ held: 10 });
      await apply(counted("a1"), { type: "cancel_requested", by: "owner" }, policy);
      expect(await used(ada)).toMatchObject({ credits: 0 });
      expect(await start(counted("a2"))).toMatchObject({ created: true });
    });

    it("are looked at after the credits, so that a start without either is told of those", async () => {
      ({ jobs, credits } = await open({ welcomeCredits: 9 }));
      const policy = policyWith({ user: { usd: null, credits: 9 } });
      const job = newJob("a1", { uid: "ada", tier: "free" }, exampleOrder(), policy, startMs);
      await expect(
        jobs.create(job, holdEntry(job), anyNumber, firstLines(job, policy)),
      ).rejects.toMatchObject({ code: "insufficient_credits", details: { needed: 10, available: 9 } });
      expect(await jobs.get("a1")).toBeNull();
      expect(await used(ada)).toMatchObject({ credits: 0 });
    });

    it("say once a day that four fifths are used, also when starts come together", async () => {
      const policy = policyWith({ installation: { usd: 20 * startUsd } });
      const list = Array.from({ length: 20 }, (_, index) => videoJob(`a${index}`));
      for (const job of list) await create(jobs, { ...job, uid: job.id });
      const steps = await Promise.all(list.map((job) => apply(job, claim(job), policy)));
      const nearing = steps.flatMap((step) => step?.nearing ?? []);
      expect(nearing).toHaveLength(1);
      expect(nearing[0]).toMatchObject({ scope: installation, day, limit: { usdMicros: 5_000_000 } });
      expect(nearing[0]?.used.usdMicros).toBeGreaterThanOrEqual(4_000_000);
    });

    it("let 100 of 500 starts through on a budget for 100, and no cent more", async () => {
      const policy = policyWith({ installation: { usd: 100 * startUsd } });
      const list = Array.from({ length: 500 }, (_, index) => videoJob(`a${index}`, { uid: `user-${index}` }));
      await inWaves(list, (job) => create(jobs, job));
      const results = await inWaves(list, (job) => apply(job, claim(job), policy));
      const refusals = results.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
      for (const reason of refusals) expect(reason).toBeInstanceOf(BudgetExceeded);
      expect(results.length - refusals.length).toBe(100);
      expect(await used(installation)).toEqual({ usdMicros: 25_000_000, seconds: 500, credits: 0 });
    }, 240_000);

    it("accept one of 100 starts that come together with credits for one", async () => {
      ({ jobs, credits } = await open({ welcomeCredits: 0 }));
      await credits.grant(grantEntry(10));
      const results = await Promise.allSettled(
        Array.from({ length: 100 }, (_, index) => create(jobs, videoJob(`a${index}`))),
      );
      expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      expect(await credits.account("ada")).toEqual({ granted: 10, balance: 0, held: 10, spent: 0 });
    });

    it("keep the cost of an attempt that nobody billed at its estimate", async () => {
      const job = videoJob("a1");
      await create(jobs, job);
      for (const event of [claim(job), accepted, succeeded]) await apply(job, event, capped);
      expect(await used(runway)).toMatchObject({ usdMicros: 250_000 });
    });
  });
}
