import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { buildCatalogue, vendors } from "../../providers/index.js";
import { exampleFacts as facts, exampleQuestion as question } from "../__fixtures__/facts.js";
import { emptyHealth } from "../health/health.js";
import { defaultPolicy, profileNames } from "../policy/policy.js";
import { parseRequest } from "../request/request.js";
import { type CandidateFacts, decide } from "./decision.js";
import { select } from "./selection.js";

const catalogue = buildCatalogue(vendors, new Set(vendors.map(({ id }) => id)));
const snapshot = { policy: defaultPolicy, health: emptyHealth };
const context = {
  now: Date.UTC(2026, 10, 21),
  profile: "balanced",
  deadlineAt: null,
  failed: [],
  budgetLeftUsdMicros: null,
} as const;
const images = {
  text: {},
  image: { image: "https://images.example.com/a.png" },
  frames: { firstFrame: "https://images.example.com/a.png", lastFrame: "https://images.example.com/b.png" },
};

function chosen(kind: keyof typeof images, durationSeconds: number, changes: object = {}) {
  const request = parseRequest({
    kind,
    prompt: "A paper boat",
    ...images[kind],
    durationSeconds,
    ...changes,
  });
  return select(catalogue, request, snapshot, context);
}

describe("a length that somebody makes exactly", () => {
  const kinds = Object.keys(images) as (keyof typeof images)[];
  const cases = kinds.flatMap((kind) =>
    ["16:9", "9:16"].flatMap((aspectRatio) =>
      Array.from({ length: 12 }, (_, index) => [kind, aspectRatio, index + 4] as const),
    ),
  );

  it.each(cases)("of %s at %s, %d s, is made so where the price is alike", (kind, aspectRatio, seconds) => {
    const { winner, record } = chosen(kind, seconds, { aspectRatio });
    const made = winner?.plan.durationSeconds ?? 0;
    const paid = winner?.costUsdMicros ?? 0;
    const offered = catalogue.entries.find(({ model }) => model.id === winner?.model.id)?.model.quality;
    const alike = record.facts.filter(
      (one) =>
        one.unfit === null &&
        one.secondsDelta === 0 &&
        one.quality === offered &&
        (one.costUsdMicros ?? Number.POSITIVE_INFINITY) <= 1.5 * paid,
    );
    expect({ made, exact: alike.length > 0 ? made === seconds : true }).toEqual({ made, exact: true });
  });

  it("of 10 s is made as 10 s", () => {
    expect(chosen("text", 10).winner?.plan.durationSeconds).toBe(10);
    expect(chosen("text", 5).winner?.plan.durationSeconds).toBe(5);
  });
});

const scoreOf = (changes: Partial<CandidateFacts>, asked: object = {}) =>
  decide({ ...question, ...asked }, [facts(changes)], { ...defaultPolicy, adjustments: anything }).ranked[0]
    ?.score ?? -1;
const anything = {
  ratioDistance: 10,
  resolutionStepsDown: 3,
  resolutionStepsUp: 3,
  shorterSeconds: 60,
  shorterFraction: 1,
  longerSeconds: 60,
  longerFraction: 10,
};

const deviations: readonly [string, (by: number) => Partial<CandidateFacts>][] = [
  ["a longer result", (by) => ({ secondsDelta: by / 10 })],
  ["a shorter result", (by) => ({ secondsDelta: -by / 10 })],
  ["another ratio", (by) => ({ ratioDistance: by / 100 })],
  ["more resolution", (by) => ({ resolutionSteps: Math.ceil(by / 15) })],
  ["less resolution", (by) => ({ resolutionSteps: -Math.ceil(by / 15) })],
  ["other pixels", (by) => ({ pixelDistance: by / 100 })],
];

describe("a deviation costs score", () => {
  it.each(deviations)("by how far it is: %s", (_name, deviate) => {
    const by = fc.integer({ min: 1, max: 44 });
    fc.assert(
      fc.property(by, by, fc.constantFrom(...profileNames), (one, other, profile) => {
        const [less, more] = [Math.min(one, other), Math.max(one, other)];
        const asked = { profile, quality: "standard" };
        const none = scoreOf({}, asked);
        expect(scoreOf(deviate(less), asked)).toBeLessThan(none);
        if (JSON.stringify(deviate(less)) !== JSON.stringify(deviate(more))) {
          expect(scoreOf(deviate(more), asked)).toBeLessThan(scoreOf(deviate(less), asked));
        }
      }),
    );
  });

  it("twice as much for what is too short as for what is too long", () => {
    expect(scoreOf({ secondsDelta: -1 })).toBe(scoreOf({ secondsDelta: 2 }));
  });

  it("no more than a bounded part of it, so that a much cheaper or healthier one still wins", () => {
    expect(scoreOf({}) - scoreOf({ secondsDelta: 50, ratioDistance: 9 })).toBeLessThan(0.1);
    const winner = (exact: Partial<CandidateFacts>, near: Partial<CandidateFacts>) =>
      decide(
        question,
        [facts({ provider: "exact", ...exact }), facts({ provider: "near", secondsDelta: 1, ...near })],
        defaultPolicy,
      ).winner;
    expect(winner({}, {})).toBe("exact:clip-1");
    expect(winner({ costUsdMicros: 4_000_000 }, { costUsdMicros: 100_000 })).toBe("near:clip-1");
    expect(winner({ failures: 20 }, { successes: 20 })).toBe("near:clip-1");
  });

  it("nothing in decisions of the rules before, which know no fidelity", () => {
    const { rules: _, ...earlier } = question;
    const [near, exact] = [facts({ secondsDelta: 1 }), facts()].map(
      (one) => decide(earlier, [one], defaultPolicy).ranked[0],
    );
    expect(near?.score).toBe(exact?.score);
    expect(near?.factors).not.toHaveProperty("fidelity");
  });

  it("the weight that a policy gives it; a tenth of the others where it gives none", () => {
    const { balanced } = defaultPolicy.profiles;
    const under = (fidelity: number) => {
      const profiles = { ...defaultPolicy.profiles, balanced: { ...balanced, fidelity } };
      return decide(question, [facts({ secondsDelta: 1 })], { ...defaultPolicy, profiles }).ranked[0]?.score;
    };
    expect(under(10)).toBe(scoreOf({ secondsDelta: 1 }));
    expect(under(0)).toBeGreaterThan(under(10) ?? 1);
  });
});

describe("two candidates", () => {
  const any = fc.record({
    secondsDelta: fc.integer({ min: -2, max: 3 }),
    ratioDistance: fc.double({ min: 0, max: 0.05, noNaN: true }),
    resolutionSteps: fc.integer({ min: -1, max: 1 }),
    pixelDistance: fc.double({ min: 0, max: 0.5, noNaN: true }),
    costUsdMicros: fc.integer({ min: 1, max: 5_000_000 }),
  });

  it("keep their order whoever else deviates from what was asked", () => {
    fc.assert(
      fc.property(any, any, any, (one, two, third) => {
        const asked = { ...question, askedSeconds: 10 };
        const pair = [facts({ provider: "a", ...one }), facts({ provider: "b", ...two })];
        const order = decide(asked, pair, defaultPolicy).ranked;
        const among = decide(asked, [facts({ provider: "c", ...third }), ...pair], defaultPolicy).ranked;
        expect(among.filter(({ provider }) => provider !== "c")).toEqual(order);
      }),
    );
  });
});
