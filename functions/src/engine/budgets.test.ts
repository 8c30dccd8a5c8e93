import { describe, expect, it } from "@jest/globals";
import { expectSettled } from "../../test/engine/settled.js";
import { caller, createWorld, type World } from "../../test/engine/world.js";
import { plainPrices } from "../domain/__fixtures__/policies.js";
import { installation } from "../domain/accounting/budget.js";
import { utcDay } from "../domain/day.js";
import type { Policy } from "../domain/policy/policy.js";
import { listProviders } from "./admin/manage-providers.js";
import { resolveAmbiguous } from "./admin/resolve-ambiguous.js";
import { quoteVideo } from "./job/quote.js";

const request = { kind: "text", prompt: "A paper boat on a river at dawn" };
const onRunway = { providers: { only: ["runway:veo3.1_fast"] } };
const sameEverywhere = {
  providers: { only: ["runway:veo3.1_fast", "runware:google:3@3"], prefer: ["runway"] },
};
const midnight = Date.UTC(2026, 10, 22);

function policyWith(budgets: Partial<Policy["budgets"]>): Policy {
  return { ...plainPrices, budgets: { ...plainPrices.budgets, ...budgets } };
}

/** What a start on Runway costs by the price table. */
async function costUsd(): Promise<number> {
  const quote = await quoteVideo(createWorld().deps, caller, { ...request, ...onRunway });
  return quote.candidates[0]?.costUsd ?? 0;
}

async function usedUsd(world: World, scope = installation): Promise<number> {
  const [use] = await world.deps.jobs.budgetUse(utcDay(world.now()), [scope]);
  return (use?.usdMicros ?? 0) / 1_000_000;
}

const user = { type: "user", id: caller.uid } as const;
const runway = { type: "provider", id: "runway" } as const;

describe("a budget of a provider", () => {
  it.each([
    ["money", { usd: 0.01, seconds: null }],
    ["seconds", { usd: null, seconds: 3 }],
  ])(
    "that is used up, in %s, sends jobs to the next provider, and the decision says why",
    async (_unit, caps) => {
      const world = createWorld({ policy: policyWith({ providers: { runway: caps } }) });
      const { id } = await world.submit(sameEverywhere);
      await world.run(900);
      const job = await world.job(id);
      expect(job).toMatchObject({ status: "completed", attempts: [{ provider: "runware" }] });
      expect(job.attempts[0]?.decision.decision.rejected).toContainEqual({
        model: "runway:veo3.1_fast",
        provider: "runway",
        reason: "budget_exceeded",
        retryAt: null,
      });
      expect(world.paidStarts("runway")).toEqual([]);
      await expectSettled(world);
    },
  );

  it("holds for starts that were chosen before and meet: the second goes elsewhere", async () => {
    const cost = await costUsd();
    const world = createWorld({
      policy: policyWith({ providers: { runway: { usd: cost, seconds: null } } }),
    });
    const jobs = [await world.submit(sameEverywhere), await world.submit(sameEverywhere)];
    await Promise.all(jobs.map(() => world.runDue()));
    await world.run(900);
    const providers = await Promise.all(
      jobs.map(async ({ id }) => (await world.job(id)).attempts.at(-1)?.provider),
    );
    expect(providers.sort()).toEqual(["runware", "runway"]);
    expect(await usedUsd(world, runway)).toBeCloseTo(cost, 6);
    await expectSettled(world);
  });
});

describe("a budget of a user", () => {
  it("refuses the next video before anything is held, with the figures and the time", async () => {
    const cost = await costUsd();
    const world = createWorld({ policy: policyWith({ user: { usd: cost, credits: null } }) });
    await world.submit(onRunway);
    await world.run(900);
    const { balance } = await world.deps.credits.account(caller.uid);
    await expect(world.submit(onRunway)).rejects.toMatchObject({
      code: "budget_exceeded",
      message: `Your daily budget is used up; it is new at 2026-11-22T00:00:00.000Z.`,
      details: { scope: "user", limit: { usd: cost }, used: { usd: cost }, resetAt: midnight },
    });
    expect(await world.deps.credits.account(caller.uid)).toMatchObject({ balance, held: 0 });
  });

  it("in credits counts what is held, then what was charged", async () => {
    const world = createWorld({ policy: policyWith({ user: { usd: null, credits: 15 } }) });
    await world.submit(onRunway);
    await expect(world.submit(onRunway)).rejects.toMatchObject({
      code: "budget_exceeded",
      details: { scope: "user", limit: { credits: 15 }, used: { credits: 10 } },
    });
    await world.run(900);
    await expectSettled(world);
  });

  it("ends a job that was accepted when others have used it up since, and gives its credits back", async () => {
    const cost = await costUsd();
    const world = createWorld({ policy: policyWith({ user: { usd: cost, credits: null } }) });
    const ids = [(await world.submit(onRunway)).id, (await world.submit(onRunway)).id];
    await world.run(900);
    const jobs = await Promise.all(ids.map(world.job));
    const failed = jobs.find(({ status }) => status === "failed");
    expect(jobs.map(({ status }) => status).sort()).toEqual(["completed", "failed"]);
    expect(failed?.error).toEqual({
      code: "budget_exceeded",
      fault: "budget",
      retryable: true,
      message: "Your daily budget is used up; it is new at 2026-11-22T00:00:00.000Z.",
      details: { scope: "user", resetAt: midnight },
    });
    expect(world.paidStarts()).toHaveLength(1);
    await expectSettled(world);
  });

  it("lets a cheaper model take what the dear one cannot", async () => {
    const { candidates } = await quoteVideo(createWorld().deps, caller, request);
    const cheapest = Math.min(...candidates.map((candidate) => candidate.costUsd));
    const world = createWorld({ policy: policyWith({ user: { usd: cheapest, credits: null } }) });
    const quote = await quoteVideo(world.deps, caller, request);
    expect(quote.candidates.every(({ costUsd: one }) => one <= cheapest)).toBe(true);
    const { id } = await world.submit();
    await world.run(1_800);
    expect((await world.job(id)).status).toBe("completed");
  });

  it("is new at midnight", async () => {
    const cost = await costUsd();
    const world = createWorld({ policy: policyWith({ user: { usd: cost, credits: null } }) });
    await world.submit(onRunway);
    await world.run(900);
    world.advance(12 * 3_600);
    expect((await world.submit(onRunway)).status).toBe("queued");
  });
});

describe("a budget of the installation", () => {
  it("names itself and not its figures to a client", async () => {
    const world = createWorld({ policy: policyWith({ installation: { usd: 0.001 } }) });
    await expect(world.submit()).rejects.toMatchObject({
      code: "budget_exceeded",
      details: { scope: "installation", resetAt: midnight },
    });
  });

  it("keeps an unanswered start reserved until somebody says what became of it", async () => {
    const cost = await costUsd();
    const world = createWorld({
      faults: ["runway:lost*1"],
      policy: policyWith({ installation: { usd: 100 } }),
    });
    const { id } = await world.submit(onRunway);
    await world.run(360);
    expect((await world.job(id)).attempts[0]?.state).toBe("ambiguous");
    expect(await usedUsd(world)).toBeCloseTo(cost, 6);
    await resolveAmbiguous(world.deps, "root", { jobId: id, attempt: 1, verdict: { type: "not_accepted" } });
    await world.run(900);
    expect((await world.job(id)).status).toBe("completed");
    expect(await usedUsd(world)).toBeCloseTo(cost, 6);
    await expectSettled(world);
  });

  it("gets back what refused starts reserved", async () => {
    const world = createWorld({ policy: policyWith({ installation: { usd: 100 } }) });
    world.unplugged.add("runway");
    const { id } = await world.submit(onRunway);
    await world.run(3_700);
    expect((await world.job(id)).status).toBe("failed");
    expect(await usedUsd(world)).toBe(0);
  });

  it("is announced once when four fifths are used", async () => {
    const cost = await costUsd();
    const world = createWorld({ policy: policyWith({ installation: { usd: cost * 10 } }) });
    for (let count = 0; count < 10; count += 1) await world.submit(onRunway);
    await world.run(1_800);
    const warnings = world.log.lines.filter(({ event }) => event === "budget.nearing");
    expect(warnings).toMatchObject([{ level: "warn", fields: { scope: "installation", day: "2026-11-21" } }]);
    await expectSettled(world);
  });
});

describe("an administrator looking at providers", () => {
  it("sees what shared budgets have used, and whether starts are stopped", async () => {
    const cost = await costUsd();
    const caps = { providers: { runway: { usd: 10, seconds: 60 } }, installation: { usd: 100 } };
    const world = createWorld({ policy: policyWith(caps) });
    await world.submit(onRunway);
    await world.runDue();
    expect(await listProviders(world.deps)).toMatchObject({
      paused: false,
      budgets: [
        { scope: "installation", day: "2026-11-21", usedUsd: cost, limitUsd: 100, limitSeconds: null },
        { scope: "provider:runway", usedUsd: cost, limitUsd: 10, usedSeconds: 6, limitSeconds: 60 },
      ],
    });
  });
});

describe("a budget that nobody has set", () => {
  it("is not counted at all", async () => {
    const world = createWorld();
    await world.submit(onRunway);
    await world.run(900);
    expect([await usedUsd(world), await usedUsd(world, user)]).toEqual([0, 0]);
    expect(world.database.budgets.size).toBe(0);
  });
});
