import { describe, expect, it } from "@jest/globals";
import { createChance } from "../../../simulation/kit/chance.js";
import { exampleModel } from "../__fixtures__/models.js";
import type { ErrorCode } from "../errors.js";
import { type Circuit, closedCircuit, retryAt, setIsolated } from "./circuit.js";
import { circuitKeys, emptyHealth, strictestCircuit } from "./health.js";
import { addObservation, decayed, type ModelStats, meanOverP50, typicalSeconds } from "./stats.js";

const now = Date.UTC(2026, 10, 21);
const halfLifeSeconds = 3_600;
const stats: ModelStats = { successes: 8, failures: 4, secondsSum: 800, at: now };
const none = decayed(undefined, now, halfLifeSeconds);
const ok = { ok: true, seconds: 30 } as const;

describe("what was seen of a model", () => {
  it("loses half its weight in a half-life", () => {
    const later = now + halfLifeSeconds * 1_000;
    expect(decayed(stats, later, halfLifeSeconds)).toEqual({
      successes: 4,
      failures: 2,
      secondsSum: 400,
      at: later,
    });
  });

  it("does not grow when another instance's clock is behind", () => {
    expect(decayed(stats, now - 60_000, halfLifeSeconds)).toEqual(stats);
  });

  it("adds a success with its time to the decayed sums", () => {
    const later = now + halfLifeSeconds * 1_000;
    expect(addObservation(stats, ok, later, halfLifeSeconds)).toMatchObject({
      successes: 5,
      failures: 2,
      secondsSum: 430,
    });
  });

  it.each(["server_error", "timeout", "processing_failed", "bad_output", "authentication"] as const)(
    "counts %s as a failure",
    (code) => {
      expect(addObservation(stats, { ok: false, code }, now, halfLifeSeconds).failures).toBe(5);
    },
  );

  it.each<ErrorCode>(["content_blocked", "invalid_request", "rate_limited", "cancelled"])(
    "does not count %s, which is not the model's fault",
    (code) => {
      expect(addObservation(stats, { ok: false, code }, now, halfLifeSeconds)).toEqual(stats);
    },
  );
});

describe("the typical time", () => {
  const model = exampleModel();

  it("is the catalogue's for a model that was never used", () => {
    expect(typicalSeconds(model, none)).toEqual({ p50: 60, p90: 120 });
  });

  it("moves half-way after five finished videos, and P90 moves with it", () => {
    const mean = 20 * meanOverP50(model.typicalSeconds);
    const seen = typicalSeconds(model, { ...none, successes: 5, secondsSum: 5 * mean });
    expect(seen.p50).toBeCloseTo(40, 9);
    expect(seen.p90).toBeCloseTo(80, 9);
  });

  it("comes to rest at the median of what is seen, not at the mean that slow ones draw upwards", () => {
    const chance = createChance(3);
    const draw = () => 20 * Math.exp((Math.log(2) / 1.2816) * chance.normal());
    const times = Array.from({ length: 20_000 }, draw);
    const secondsSum = times.reduce((sum, seconds) => sum + seconds, 0);
    const seen = typicalSeconds(model, { ...none, successes: times.length, secondsSum });
    expect(Math.abs(seen.p50 - 20)).toBeLessThan(0.5);
    expect(secondsSum / times.length).toBeGreaterThan(22);
  });
});

describe("the circuit of a model", () => {
  const model = { id: "acme:clip-1", provider: "acme" };
  const open: Circuit = { ...closedCircuit, state: "open", openUntil: now + 60_000 };
  const openLonger: Circuit = { ...open, openUntil: now + 600_000 };
  const halfOpen: Circuit = { ...open, openUntil: now };
  const isolated = setIsolated(closedCircuit, true, now);

  it.each<[string, Circuit, Circuit, Circuit]>([
    ["its own when that is stricter", open, closedCircuit, open],
    ["its provider's when that is stricter", closedCircuit, halfOpen, halfOpen],
    ["the isolated one", open, isolated, isolated],
    ["the open one, not the half-open one", halfOpen, open, open],
    ["of two open ones the one that waits longer", open, openLonger, openLonger],
  ])("is %s", (_name, own, provider, expected) => {
    const health = { ...emptyHealth, circuits: { [model.id]: own, acme: provider } };
    expect(strictestCircuit(health, model, now)).toBe(expected);
  });

  it("waits for a trial of the provider that somebody else has", () => {
    const taken: Circuit = { ...halfOpen, trial: { owner: "job-1", until: now + 900_000 } };
    const health = { ...emptyHealth, circuits: { [model.id]: halfOpen, acme: taken } };
    expect(retryAt(strictestCircuit(health, model, now), now)).toBe(now + 900_000);
  });

  it("is closed when nothing is known", () => {
    expect(strictestCircuit(emptyHealth, model, now)).toBe(closedCircuit);
  });
});

describe("an observation", () => {
  const seen = { provider: "acme", model: "acme:clip-1" };

  it.each(["authentication", "vendor_quota", "network", "server_error"] as const)(
    "of %s concerns the whole provider",
    (code) => {
      expect(circuitKeys({ ...seen, outcome: { ok: false, code } })).toEqual(["acme:clip-1", "acme"]);
    },
  );

  it.each(["processing_failed", "timeout", "bad_output"] as const)(
    "of %s concerns its model only",
    (code) => {
      expect(circuitKeys({ ...seen, outcome: { ok: false, code } })).toEqual(["acme:clip-1"]);
    },
  );

  it("of a success speaks for both", () => {
    expect(circuitKeys({ ...seen, outcome: ok })).toEqual(["acme:clip-1", "acme"]);
  });
});
