import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { forAnyHistory, forAnyStep } from "../__fixtures__/histories.js";
import { accepted, event, exampleJob, run } from "../__fixtures__/jobs.js";
import { plainPrices } from "../__fixtures__/policies.js";
import { utcDay } from "../day.js";
import { creditUseOf, firstLines, useOf } from "../job/budget-lines.js";
import { transition } from "../job/transition.js";
import type { Policy } from "../policy/policy.js";
import {
  addUse,
  BudgetExceeded,
  type BudgetLine,
  type BudgetUse,
  budgetUnits,
  limitOf,
  noUse,
  resetTime,
  scopeName,
  shardOrder,
} from "./budget.js";
import { isNearing, spread, sumOf } from "./budget-shards.js";

const capped: Policy = {
  ...plainPrices,
  budgets: {
    user: { usd: 100, credits: 1_000 },
    providers: { acme: { usd: 50, seconds: 600 } },
    installation: { usd: 1_000 },
  },
};

function reservation(use: Partial<BudgetUse>, limit: Partial<BudgetUse>, key = "job:a1"): BudgetLine {
  return {
    scope: { type: "provider", id: "acme" },
    day: "2026-11-21",
    key,
    use: { ...noUse, ...use },
    limit: { usdMicros: null, seconds: null, credits: null, ...limit },
  };
}

function shards(...usdMicros: number[]): BudgetUse[] {
  return usdMicros.map((used) => ({ ...noUse, usdMicros: used }));
}

describe("a budget", () => {
  it("is of a day of UTC and new at the next midnight", () => {
    const late = Date.UTC(2026, 10, 21, 23, 59, 59, 999);
    expect(utcDay(late)).toBe("2026-11-21");
    expect(resetTime("2026-11-21")).toBe(late + 1);
  });

  it("has no limit unless the policy caps something of it", () => {
    const user = { type: "user", id: "ada" } as const;
    expect(limitOf(user, plainPrices)).toBeNull();
    expect(limitOf(user, capped)).toEqual({ usdMicros: 100_000_000, seconds: null, credits: 1_000 });
    expect(limitOf({ type: "provider", id: "acme" }, capped)).toEqual({
      usdMicros: 50_000_000,
      seconds: 600,
      credits: null,
    });
    expect(limitOf({ type: "provider", id: "other" }, capped)).toBeNull();
  });

  it("is warned of from four fifths on, by any of its units", () => {
    const limit = { usdMicros: 100, seconds: 50, credits: null };
    expect(isNearing({ ...noUse, usdMicros: 79, seconds: 39 }, limit)).toBe(false);
    expect(isNearing({ ...noUse, usdMicros: 80 }, limit)).toBe(true);
    expect(isNearing({ ...noUse, seconds: 40, credits: 9 }, limit)).toBe(true);
  });
});

describe("a reservation over shards", () => {
  it("takes one shard while there is room in it, in an order that follows from the key", () => {
    const gains = spread(reservation({ usdMicros: 5 }, { usdMicros: 80 }), shards(0, 0, 0, 0, 0, 0, 0, 0));
    const filled = gains.flatMap((gain, index) => (gain.usdMicros > 0 ? [index] : []));
    expect(filled).toEqual([shardOrder("job:a1", 8)[0]]);
  });

  it("takes several when it is larger than what one has left", () => {
    const gains = spread(reservation({ usdMicros: 35 }, { usdMicros: 80 }), shards(9, 0, 3, 0, 0, 10, 0, 0));
    expect(sumOf(gains).usdMicros).toBe(35);
    for (const [index, used] of [9, 0, 3, 0, 0, 10, 0, 0].entries()) {
      expect((gains[index]?.usdMicros ?? 0) + used).toBeLessThanOrEqual(10);
    }
  });

  it("is refused when either unit has no room, and says what is used", () => {
    const line = reservation({ usdMicros: 5, seconds: 9 }, { usdMicros: 80, seconds: 8 });
    const used = shards(1, 0, 0, 0, 0, 0, 0, 0);
    expect(() => spread(line, used)).toThrow(BudgetExceeded);
    const fitting = spread({ ...line, use: { ...line.use, seconds: 8 } }, used);
    expect(sumOf(fitting)).toEqual({ usdMicros: 5, seconds: 8, credits: 0 });
  });

  it("is refused after the limit was lowered below what is used, though shards have room", () => {
    const line = reservation({ usdMicros: 1 }, { usdMicros: 40 });
    expect(() => spread(line, shards(40, 0, 0, 0, 0, 0, 0, 0))).toThrow(BudgetExceeded);
  });

  it("fills a budget to the last cent and never beyond, whatever is asked for", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 500 }),
        fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 60 }),
        (limit, amounts) => {
          let used = shards(0, 0, 0, 0, 0, 0, 0, 0);
          for (const [index, usdMicros] of amounts.entries()) {
            const line = reservation({ usdMicros }, { usdMicros: limit }, `job-${index}`);
            const before = sumOf(used).usdMicros;
            try {
              const gains = spread(line, used);
              used = used.map((shard, place) => addUse(shard, gains[place] ?? noUse));
              expect(sumOf(used).usdMicros).toBe(before + usdMicros);
            } catch (error) {
              expect(error).toBeInstanceOf(BudgetExceeded);
              expect(before + usdMicros).toBeGreaterThan(limit);
            }
          }
          expect(sumOf(used).usdMicros).toBeLessThanOrEqual(limit);
        },
      ),
    );
  });
});

describe("the budget lines of a job", () => {
  const start = exampleJob(capped);
  const claim = transition(start, event.claim(1), start.createdAt, capped);
  if (claim === null) throw new Error("the claim was absorbed");

  it("are none where nothing is capped", () => {
    const steps = run(exampleJob(), ...accepted);
    expect(steps.budget).toBeUndefined();
    expect(firstLines(exampleJob(), plainPrices)).toEqual([]);
  });

  it("reserve the credits of a new job in its owner's day", () => {
    expect(firstLines(start, capped)).toMatchObject([
      {
        scope: { type: "user", id: "owner-1" },
        use: { credits: 10, usdMicros: 0 },
        limit: { credits: 1_000 },
      },
    ]);
  });

  it("reserve estimate and seconds of a start with the claim, each under its own cap", () => {
    const { budget = [] } = claim;
    expect(budget.map(({ scope }) => scopeName(scope))).toEqual([
      "user:owner-1",
      "provider:acme",
      "installation",
    ]);
    for (const line of budget) {
      expect(line.use).toEqual({ usdMicros: 250_000, seconds: 5, credits: 0 });
      expect(line.limit).not.toBeNull();
    }
  });

  it.each<[string, Parameters<typeof transition>[1], Partial<BudgetUse> | null]>([
    ["is given back by a refusal", event.refused(1), { usdMicros: -250_000, seconds: -5 }],
    ["stays reserved while the start is unanswered", event.unanswered(1), null],
    ["stays as it is when the provider accepts without an estimate", event.accepted(1), null],
  ])("what is reserved %s", (_name, happening, use) => {
    const step = transition(claim.job, happening, start.createdAt + 1_000, capped);
    if (use === null) expect(step?.budget).toBeUndefined();
    for (const line of step?.budget ?? []) {
      expect(line).toMatchObject({ use, limit: null });
    }
  });

  it("settle to the bill, above or below the estimate", () => {
    const running = transition(claim.job, event.accepted(1), start.createdAt + 1_000, capped);
    if (running === null) throw new Error("the answer was absorbed");
    for (const billed of [200_000, 310_000]) {
      const ended = transition(running.job, event.succeeded(1, billed), start.createdAt + 60_000, capped);
      expect(ended?.budget).toHaveLength(3);
      expect(ended?.budget?.[0]).toMatchObject({ use: { usdMicros: billed - 250_000, seconds: 0 } });
    }
    const unknown = transition(running.job, event.succeeded(1), start.createdAt + 60_000, capped);
    expect(unknown?.budget).toBeUndefined();
  });

  it("stay on the day of the start, and in its budgets, whatever the policy says later", () => {
    const nextDay = start.createdAt + 86_400_000;
    const step = transition(claim.job, event.refused(1), nextDay, plainPrices);
    expect(step?.budget).toHaveLength(4);
    expect(new Set(step?.budget?.map(({ day }) => day))).toEqual(new Set([utcDay(start.createdAt)]));
  });

  it("always come to what attempts took and what was charged, over any history", () => {
    forAnyHistory(({ start: first, end, budget }) => {
      const lines = [...firstLines(first, capped), ...budget];
      const own = sumOf(lines.filter(({ scope }) => scope.type === "user").map(({ use }) => use));
      const attempts = sumOf(end.attempts.map(useOf));
      expect(own).toEqual(addUse(attempts, creditUseOf(end)));
      const provider = sumOf(lines.filter(({ scope }) => scope.type === "provider").map(({ use }) => use));
      expect(provider).toEqual(attempts);
    }, capped);
  });

  it("are checked only where something is reserved", () => {
    forAnyStep(({ before, after, happening }) => {
      const step = transition(before, happening, after.updatedAt, capped);
      for (const line of step?.budget ?? []) {
        if (happening.type === "start_claimed") expect(line.limit).not.toBeNull();
        else expect(line.limit).toBeNull();
        expect(budgetUnits.some((unit) => line.use[unit] !== 0)).toBe(true);
      }
    }, capped);
  });
});
