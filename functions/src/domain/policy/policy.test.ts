import { describe, expect, it } from "@jest/globals";
import { defaultPolicy, policySchema } from "./policy.js";

describe("a policy", () => {
  it("is what the built-in one is", () => {
    expect(policySchema.parse(defaultPolicy)).toEqual(defaultPolicy);
  });

  const { balanced } = defaultPolicy.profiles;
  const nothing = { health: 0, priority: 0, quality: 0, cost: 0, latency: 0, load: 0, preference: 0 };
  it.each<[string, object]>([
    ["an unknown field", { colour: "red" }],
    ["a missing version", { version: undefined }],
    ["a priority of 0", { priorities: { acme: 0 } }],
    ["an affinity above 1", { affinities: { "mode:text": { acme: 1.1 } } }],
    ["a negative weight", { profiles: { ...defaultPolicy.profiles, balanced: { ...balanced, cost: -1 } } }],
    ["no weight at all", { profiles: { ...defaultPolicy.profiles, balanced: nothing } }],
    ["a scale upside down", { scales: { cheapUsd: 10, dearUsd: 1, latencyHalfLifeSeconds: 60 } }],
    ["a half-life of 0", { health: { ...defaultPolicy.health, halfLifeSeconds: 0 } }],
    ["more calls than are kept", { breaker: { ...defaultPolicy.breaker, minimumCalls: 21 } }],
    [
      "a fraction of a credit",
      { credits: { ...defaultPolicy.credits, perSecond: { draft: 0.5, standard: 1, premium: 1 } } },
    ],
    ["a negative budget", { budgets: { ...defaultPolicy.budgets, installation: { usd: -1 } } }],
    [
      "a fraction of a credit a day",
      { budgets: { ...defaultPolicy.budgets, user: { usd: null, credits: 0.5 } } },
    ],
    ["an unknown tier profile", { tierProfiles: { free: "slowest" } }],
  ])("is refused with %s", (_name, changes) => {
    expect(policySchema.safeParse({ ...defaultPolicy, ...changes }).success).toBe(false);
  });

  it("that was published before budgets and hedges existed is read with neither", () => {
    const { budgets: _budgets, hedge: _hedge, ...older } = defaultPolicy;
    const budgets = { user: { usd: null, credits: null }, providers: {}, installation: { usd: null } };
    expect(policySchema.parse(older)).toEqual({ ...defaultPolicy, budgets, hedge: { enabled: false } });
  });

  it("that was published before free cancellations had a limit is read with one", () => {
    const { freeCancellationsPerUserPerDay: limit } = defaultPolicy.cancellation;
    const older = { ...defaultPolicy, cancellation: { charge: "nothing" } };
    expect(limit).toBeGreaterThan(0);
    expect(policySchema.parse(older).cancellation).toEqual({
      charge: "nothing",
      freeCancellationsPerUserPerDay: limit,
    });
  });

  it("that is built in caps what one user and the installation may cost in a day", () => {
    expect(defaultPolicy.budgets.user.usd).toBe(50);
    expect(defaultPolicy.budgets.installation.usd).toBe(2_000);
  });
});
