import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { type ErrorCode, errorPolicies, errorPolicy } from "../errors.js";
import { defaultPolicy } from "../policy/policy.js";
import {
  type Circuit,
  circuitView,
  closedCircuit,
  recordFailure,
  recordSuccess,
  retryAt,
  setIsolated,
  takeTrial,
} from "./circuit.js";

const breaker = defaultPolicy.breaker;
const start = Date.UTC(2026, 10, 21);
const codes = Object.keys(errorPolicies) as ErrorCode[];
const ignored = codes.filter((code) => errorPolicy(code).circuit === "ignore");

function fail(circuit: Circuit, times: number, now = start, code: ErrorCode = "server_error"): Circuit {
  let next = circuit;
  for (let count = 0; count < times; count += 1) next = recordFailure(next, code, now, breaker);
  return next;
}

const opened = fail(closedCircuit, breaker.consecutiveFailures);
const halfOpenAt = opened.openUntil;

describe("a closed circuit", () => {
  it("opens with the third failure in a row, not with the second", () => {
    expect(circuitView(fail(closedCircuit, 2), start)).toBe("closed");
    expect(circuitView(opened, start)).toBe("open");
    expect(opened.openUntil).toBe(start + 60_000);
    expect(opened.lastFailure).toBe("server_error");
  });

  it("starts to count again after a success", () => {
    const recovered = recordSuccess(fail(closedCircuit, 2), start, breaker);
    expect(circuitView(fail(recovered, 2), start)).toBe("closed");
  });

  it("opens when half of at least eight calls fail, and not with fewer calls", () => {
    let circuit = closedCircuit;
    const views: string[] = [];
    for (let call = 0; call < 8; call += 1) {
      circuit = call % 2 === 0 ? recordSuccess(circuit, start, breaker) : fail(circuit, 1);
      views.push(circuitView(circuit, start));
    }
    expect(views).toEqual([...Array<string>(7).fill("closed"), "open"]);
  });

  it("forgets calls that are older than the window", () => {
    let circuit = closedCircuit;
    for (let call = 0; call < 7; call += 1) {
      circuit = call % 2 === 0 ? recordSuccess(circuit, start, breaker) : fail(circuit, 1);
    }
    const later = start + breaker.windowSeconds * 1_000 + 1;
    expect(circuitView(fail(circuit, 1, later), later)).toBe("closed");
  });

  it.each(["authentication", "vendor_quota"] as const)("opens at once on %s", (code) => {
    expect(circuitView(fail(closedCircuit, 1, start, code), start)).toBe("open");
  });

  it.each(ignored)("never counts %s", (code) => {
    expect(fail(closedCircuit, 50, start, code)).toBe(closedCircuit);
  });

  it("never counts what is the caller's or moderation's doing", () => {
    const innocent = codes.filter((code) =>
      ["user", "moderation", "budget"].includes(errorPolicy(code).fault),
    );
    expect(ignored).toEqual(expect.arrayContaining(innocent));
    expect(ignored).toContain("rate_limited");
  });
});

describe("an open circuit", () => {
  it("stays open until its time, whatever is recorded meanwhile", () => {
    const before = halfOpenAt - 1;
    expect(recordSuccess(opened, before, breaker)).toBe(opened);
    expect(fail(opened, 3, before)).toBe(opened);
    expect(takeTrial(opened, "job-1", before, breaker)).toBeNull();
    expect(retryAt(opened, before)).toBe(halfOpenAt);
  });

  it("stays open twice as long each time, up to ten minutes", () => {
    const seconds: number[] = [];
    let circuit = opened;
    for (let time = 0; time < 6; time += 1) {
      seconds.push((circuit.openUntil - circuit.changedAt) / 1_000);
      circuit = fail(circuit, 1, circuit.openUntil);
    }
    expect(seconds).toEqual([60, 120, 240, 480, 600, 600]);
  });
});

describe("a half-open circuit", () => {
  it("lets exactly one job through, which may ask again", () => {
    const tried = takeTrial(opened, "job-1", halfOpenAt, breaker);
    if (tried === null) throw new Error("no trial");
    expect(circuitView(tried, halfOpenAt)).toBe("half_open");
    expect(takeTrial(tried, "job-2", halfOpenAt, breaker)).toBeNull();
    expect(takeTrial(tried, "job-1", halfOpenAt, breaker)).not.toBeNull();
    expect(retryAt(tried, halfOpenAt)).toBe(halfOpenAt + breaker.trialSeconds * 1_000);
  });

  it("lets another job through when the first never comes back", () => {
    const tried = takeTrial(opened, "job-1", halfOpenAt, breaker);
    const expired = halfOpenAt + breaker.trialSeconds * 1_000;
    expect(takeTrial(tried ?? opened, "job-2", expired, breaker)?.trial?.owner).toBe("job-2");
  });

  it("closes with a success and forgets its past", () => {
    const closed = recordSuccess(opened, halfOpenAt, breaker);
    expect(closed).toEqual({ ...closedCircuit, changedAt: halfOpenAt });
  });

  it("opens again with one failure, for longer", () => {
    const again = fail(opened, 1, halfOpenAt);
    expect(circuitView(again, halfOpenAt)).toBe("open");
    expect(again.openUntil - halfOpenAt).toBe(120_000);
    expect(again.trial).toBeNull();
  });

  it("gives the trial back when it says nothing about the provider", () => {
    const tried = takeTrial(opened, "job-1", halfOpenAt, breaker) ?? opened;
    const released = fail(tried, 1, halfOpenAt, "content_blocked");
    expect(takeTrial(released, "job-2", halfOpenAt, breaker)).not.toBeNull();
  });
});

describe("an isolated circuit", () => {
  const isolated = setIsolated(opened, true, start);

  it("is left by an administrator only", () => {
    const muchLater = start + 86_400_000;
    expect(circuitView(isolated, muchLater)).toBe("isolated");
    expect(retryAt(isolated, muchLater)).toBeNull();
    expect(takeTrial(isolated, "job-1", muchLater, breaker)).toBeNull();
    expect(recordSuccess(isolated, muchLater, breaker)).toBe(isolated);
    expect(fail(isolated, 5, muchLater)).toBe(isolated);
    expect(setIsolated(isolated, false, muchLater)).toEqual({ ...closedCircuit, changedAt: muchLater });
  });
});

describe("any history", () => {
  it("keeps few outcomes, none old, and an open time within its bounds", () => {
    const step = fc.record({
      waitMs: fc.integer({ min: 0, max: 120_000 }),
      code: fc.option(fc.constantFrom(...codes), { nil: null }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let circuit = closedCircuit;
        let now = start;
        for (const { waitMs, code } of steps) {
          now += waitMs;
          circuit =
            code === null ? recordSuccess(circuit, now, breaker) : recordFailure(circuit, code, now, breaker);
          expect(circuit.outcomes.length).toBeLessThanOrEqual(20);
          expect(circuit.openUntil - circuit.changedAt).toBeLessThanOrEqual(breaker.maxOpenSeconds * 1_000);
          const time = retryAt(circuit, now);
          expect(time).toBeGreaterThanOrEqual(now);
          expect(circuitView(circuit, time ?? 0)).not.toBe("open");
        }
      }),
    );
  });
});
