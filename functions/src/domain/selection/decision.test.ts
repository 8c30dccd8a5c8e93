import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { exampleFacts as facts, now, exampleQuestion as question } from "../__fixtures__/facts.js";
import { canonicalJson } from "../hash.js";
import { defaultPolicy, profileNames } from "../policy/policy.js";
import { qualities } from "../provider/model.js";
import { type CandidateFacts, decide, type Question } from "./decision.js";
import type { RejectionReason } from "./rejections.js";

const other = facts({ provider: "other", priority: 2 });

describe("a hard limit", () => {
  const later = now + 60_000;
  it.each<[RejectionReason, Partial<CandidateFacts>, Partial<Question>]>([
    ["not_selected", {}, { only: ["other"] }],
    ["excluded", {}, { exclude: ["acme"] }],
    ["excluded", {}, { exclude: ["acme:clip-1"] }],
    ["key_missing", { configured: false }, {}],
    ["provider_off", { providerSwitch: "off" }, {}],
    ["provider_draining", { providerSwitch: "drain" }, {}],
    ["kind_unsupported", { unfit: "kind_unsupported" }, {}],
    ["ratio_unsupported", { ratioDistance: 0.3 }, {}],
    ["resolution_unsupported", { resolutionSteps: -2 }, {}],
    ["duration_unsupported", { secondsDelta: 4 }, {}],
    ["already_failed", {}, { failed: ["acme:clip-1"] }],
    ["circuit_isolated", { circuit: "isolated", retryAt: null }, {}],
    ["circuit_open", { circuit: "open", retryAt: later }, {}],
    ["trial_taken", { circuit: "half_open", retryAt: later }, {}],
    ["concurrency_reached", { running: 3, allowed: 3 }, {}],
    ["price_unknown", { costUsdMicros: null }, {}],
    ["price_unknown", { costUsdMicros: Number.NaN }, {}],
    ["price_unknown", { costUsdMicros: -1 }, {}],
    ["over_max_cost", {}, { maxCostUsdMicros: 249_999 }],
    ["balance_too_low", { balanceUsdMicros: 249_999 }, {}],
    ["budget_exceeded", {}, { budgetLeftUsdMicros: 249_999 }],
    ["deadline_unreachable", {}, { deadlineAt: now + 119_000 }],
  ])("rejects with %s: %j %j", (reason, changes, asked) => {
    const decision = decide({ ...question, ...asked }, [facts(changes)], defaultPolicy);
    expect(decision.winner).toBeNull();
    expect(decision.rejected).toMatchObject([{ model: "acme:clip-1", reason }]);
    expect(decision.tieBreak).toBe("none");
  });

  it.each<[string, Partial<CandidateFacts>, Partial<Question>]>([
    ["exactly its maximum cost", {}, { maxCostUsdMicros: 250_000 }],
    ["exactly the balance", { balanceUsdMicros: 250_000 }, {}],
    ["the last free place", { running: 2, allowed: 3 }, {}],
    ["its deadline to the second", {}, { deadlineAt: now + 120_000 }],
    ["a free trial", { circuit: "half_open", retryAt: now }, {}],
  ])("lets pass %s", (_name, changes, asked) => {
    expect(decide({ ...question, ...asked }, [facts(changes)], defaultPolicy).winner).toBe("acme:clip-1");
  });

  const away: Partial<CandidateFacts>[] = [
    { configured: false },
    { providerSwitch: "off" },
    { providerSwitch: "drain" },
    { circuit: "isolated", retryAt: null },
    { circuit: "open", retryAt: later },
    { running: 3, allowed: 3 },
    { balanceUsdMicros: 0 },
  ];
  const never: [RejectionReason, Partial<CandidateFacts>, Partial<Question>][] = [
    ["kind_unsupported", { unfit: "kind_unsupported" }, {}],
    ["text_too_short", { unfit: "text_too_short" }, {}],
    ["resolution_unsupported", { resolutionSteps: -2 }, {}],
    ["over_max_cost", {}, { maxCostUsdMicros: 1 }],
    ["deadline_unreachable", {}, { deadlineAt: now + 1 }],
  ];
  it.each(never)(
    "that is about the request is told before any state of a provider: %s",
    (reason, facts_, asked) => {
      for (const state of away) {
        const { rejected } = decide(
          { ...question, ...asked },
          [facts({ ...facts_, ...state })],
          defaultPolicy,
        );
        expect(rejected).toMatchObject([{ reason, retryAt: null }]);
      }
    },
  );

  it("tells the earliest time to ask again when nobody can be chosen", () => {
    const candidates = [
      facts({ circuit: "open", retryAt: later }),
      facts({ provider: "other", running: 1, allowed: 1 }),
      facts({ provider: "third", configured: false }),
    ];
    const decision = decide(question, candidates, defaultPolicy);
    expect(decision.retryAt).toBe(now + 30_000);
    expect(decision.rejected.map((entry) => entry.retryAt)).toEqual([later, now + 30_000, null]);
  });

  it("names no time when no time helps", () => {
    expect(decide(question, [facts({ configured: false })], defaultPolicy).retryAt).toBeNull();
  });
});

describe("between candidates that may be chosen", () => {
  const twins = (first: Partial<CandidateFacts>, second: Partial<CandidateFacts>) =>
    decide(
      question,
      [facts({ provider: "b", ...second }), facts({ provider: "a", ...first })],
      defaultPolicy,
    );
  const flat = { ...defaultPolicy.profiles.balanced, priority: 0, cost: 0 };
  const withoutPriceAndPriority = {
    ...defaultPolicy,
    profiles: { ...defaultPolicy.profiles, balanced: flat },
  };

  it("the higher score wins", () => {
    expect(twins({ p50Seconds: 10 }, {})).toMatchObject({ winner: "a:clip-1", tieBreak: "score" });
  });

  it.each<[string, Partial<CandidateFacts>, Partial<CandidateFacts>]>([
    ["priority", { priority: 1, costUsdMicros: 300_000 }, { priority: 2, costUsdMicros: 200_000 }],
    ["price", { costUsdMicros: 200_000 }, { costUsdMicros: 300_000 }],
    ["id", {}, {}],
  ])("equal scores are told apart by %s", (tieBreak, first, second) => {
    const candidates = [facts({ provider: "b", ...second }), facts({ provider: "a", ...first })];
    for (const order of [candidates, [...candidates].reverse()]) {
      expect(decide(question, order, withoutPriceAndPriority)).toMatchObject({
        winner: "a:clip-1",
        tieBreak,
      });
    }
  });

  it("a lone candidate needs no rule", () => {
    expect(decide(question, [facts()], defaultPolicy).tieBreak).toBe("only_one");
  });

  it("the profile decides what counts", () => {
    const cheap = facts({ provider: "cheap", costUsdMicros: 20_000, p50Seconds: 200, quality: "draft" });
    const fast = facts({ provider: "fast", costUsdMicros: 2_000_000, p50Seconds: 10, quality: "draft" });
    const fine = facts({ provider: "fine", costUsdMicros: 2_000_000, p50Seconds: 200, quality: "premium" });
    const winners = (["cheapest", "fastest", "best"] as const).map(
      (profile) =>
        decide({ ...question, quality: "premium", profile }, [cheap, fast, fine], defaultPolicy).winner,
    );
    expect(winners).toEqual(["cheap:clip-1", "fast:clip-1", "fine:clip-1"]);
  });

  it("an administrator's priority overrules the vendor's order, and the model's line the provider's", () => {
    const policy = { ...defaultPolicy, priorities: { acme: 9, other: 8, "other:clip-1": 1 } };
    const decision = decide(question, [facts(), other], policy);
    expect(decision.ranked.map(({ model, priority }) => [model, priority])).toEqual([
      ["other:clip-1", 1],
      ["acme:clip-1", 9],
    ]);
  });

  it("a preferred provider has the whole factor, and the rest the mean of their affinities", () => {
    const asked = { ...question, traits: ["mode:text", "style:friendly"], prefer: ["other"] };
    const policy = { ...defaultPolicy, affinities: { "mode:text": { acme: 0.2 } } };
    const loved = facts({ affinities: { "mode:text": 0.9, "style:friendly": 1 } });
    const ranked = decide(asked, [loved, other], policy).ranked;
    expect(ranked.map(({ model, factors }) => [model, factors.preference])).toEqual(
      expect.arrayContaining([
        ["other:clip-1", 1],
        ["acme:clip-1", 0.6],
      ]),
    );
  });
});

const anyCost = fc.option(fc.integer({ min: 0, max: 20_000_000 }), { nil: null });
const anyChanges = fc.record({
  quality: fc.constantFrom(...qualities),
  costUsdMicros: anyCost,
  p50Seconds: fc.integer({ min: 1, max: 600 }),
  successes: fc.nat(50),
  failures: fc.nat(50),
  running: fc.nat(5),
  allowed: fc.option(fc.nat(5), { nil: null }),
  priority: fc.integer({ min: 1, max: 10 }),
  resolutionSteps: fc.integer({ min: -2, max: 2 }),
  circuit: fc.constantFrom("closed", "half_open", "open", "isolated"),
});
const anyFacts = fc
  .array(anyChanges, { minLength: 2, maxLength: 6 })
  .map((rows) => rows.map((row, index) => facts({ provider: `p${index}`, ...row })));
const anyProfile = fc.constantFrom(...profileNames);

describe("any decision", () => {
  it("is not changed by adding or removing a candidate that does not win", () => {
    fc.assert(
      fc.property(anyFacts, anyProfile, (all, profile) => {
        const asked = { ...question, profile };
        const { winner, ranked } = decide(asked, all, defaultPolicy);
        for (const loser of all.filter((candidate) => candidate.model !== winner)) {
          const rest = all.filter((candidate) => candidate !== loser);
          const without = decide(asked, rest, defaultPolicy);
          expect(without.winner).toBe(winner);
          expect(without.ranked).toEqual(ranked.filter((entry) => entry.model !== loser.model));
        }
      }),
    );
  });

  it("never ranks a candidate better because it became dearer", () => {
    fc.assert(
      fc.property(anyFacts, anyProfile, fc.integer({ min: 1, max: 5_000_000 }), (all, profile, more) => {
        const asked = { ...question, profile };
        const place = (candidates: readonly CandidateFacts[], model: string) => {
          const index = decide(asked, candidates, defaultPolicy).ranked.findIndex(
            (row) => row.model === model,
          );
          return index < 0 ? candidates.length : index;
        };
        for (const candidate of all) {
          if (candidate.costUsdMicros === null) continue;
          const dearer = { ...candidate, costUsdMicros: candidate.costUsdMicros + more };
          const raised = all.map((entry) => (entry === candidate ? dearer : entry));
          expect(place(raised, candidate.model)).toBeGreaterThanOrEqual(place(all, candidate.model));
        }
      }),
    );
  });

  it("does not depend on the order of the candidates", () => {
    fc.assert(
      fc.property(anyFacts, (all) => {
        const forwards = decide(question, all, defaultPolicy);
        const backwards = decide(question, [...all].reverse(), defaultPolicy);
        expect(backwards.ranked).toEqual(forwards.ranked);
        expect(backwards.tieBreak).toBe(forwards.tieBreak);
      }),
    );
  });

  it("speaks of every candidate exactly once, and is the same to the byte when repeated", () => {
    fc.assert(
      fc.property(anyFacts, anyProfile, (all, profile) => {
        const asked = { ...question, profile };
        const decision = decide(asked, all, defaultPolicy);
        const named = [...decision.ranked, ...decision.rejected].map((entry) => entry.model).sort();
        expect(named).toEqual(all.map((candidate) => candidate.model).sort());
        const copy = decide(structuredClone(asked), structuredClone(all), structuredClone(defaultPolicy));
        expect(canonicalJson(copy)).toBe(canonicalJson(decision));
      }),
    );
  });
});
