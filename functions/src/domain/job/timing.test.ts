import { describe, expect, it } from "@jest/globals";
import { event, exampleJob, nextAttempt, run, startedAt } from "../__fixtures__/jobs.js";
import { meanOverP50, p99Of } from "../health/stats.js";
import { defaultPolicy, type Policy } from "../policy/policy.js";
import type { Attempt, Job } from "./job.js";
import { hedgeTime, timeoutTime } from "./timing.js";

const hedging: Policy = { ...defaultPolicy, hedge: { enabled: true } };
const typical = { p50Seconds: 60, p90Seconds: 120 };
const p99 = p99Of({ p50: 60, p90: 120 });

/** A job with this long to go, and an attempt that was chosen before others with these P90. */
function begun(deadlineSeconds: number, ...others: number[]): [Job, Attempt] {
  const { decision: record } = nextAttempt(1);
  const [winner] = record.decision.ranked;
  if (winner === undefined) throw new Error("nobody was ranked");
  const rest = others.map((p90Seconds) => ({
    ...winner,
    provider: "b",
    model: "b:1",
    p50Seconds: p90Seconds / 2,
    p90Seconds,
  }));
  const decision = { ...record, decision: { ...record.decision, ranked: [winner, ...rest] } };
  const { job } = run(exampleJob(), [0, event.claim(1, { typical, decision })]);
  const [attempt] = job.attempts;
  if (attempt === undefined) throw new Error("nothing was claimed");
  return [{ ...job, deadlineAt: startedAt + deadlineSeconds * 1_000 }, attempt];
}

const timeoutSeconds = (...start: [Job, Attempt]) =>
  (timeoutTime(...start, startedAt, defaultPolicy) - startedAt) / 1_000;
const hedgeSeconds = (...start: [Job, Attempt]) =>
  ((hedgeTime(...start, startedAt, hedging) ?? 0) - startedAt) / 1_000;

describe("a generation is given up", () => {
  it("after three times its P90 when there is time enough", () => {
    expect(timeoutSeconds(...begun(3_600, 100))).toBe(360);
    expect(timeoutSeconds(...begun(3_600))).toBe(360);
  });

  it("early enough for the next candidate to finish before the deadline", () => {
    expect(timeoutSeconds(...begun(400, 100))).toBeCloseTo(400 - 105);
  });

  it("not for a successor who would come too late, when nearly all of its kind take that long", () => {
    expect(timeoutSeconds(...begun(300, 100))).toBe(360);
  });
});

describe("a hedge begins", () => {
  it("when all but one in a hundred have finished", () => {
    expect(hedgeSeconds(...begun(3_600, 100))).toBeCloseTo(p99, 2);
  });

  it("earlier when the second would come too late otherwise, but not before nine in ten have", () => {
    const room = 1.05 * p99Of({ p50: 50, p90: 100 });
    expect(hedgeSeconds(...begun(350, 100))).toBeCloseTo(350 - room, 2);
    expect(hedgeSeconds(...begun(250, 100))).toBe(120);
  });

  it("in time for the first model of another provider, whoever else the same provider has", () => {
    const [job, attempt] = begun(350, 100);
    const [first, other] = attempt.decision.decision.ranked;
    if (first === undefined || other === undefined) throw new Error("two were ranked");
    const ranked = [first, { ...first, provider: attempt.provider, p50Seconds: 5, p90Seconds: 10 }, other];
    const decision = { ...attempt.decision, decision: { ...attempt.decision.decision, ranked } };
    expect(hedgeSeconds(job, { ...attempt, decision })).toBeCloseTo(
      350 - 1.05 * p99Of({ p50: 50, p90: 100 }),
      2,
    );
  });

  it("also where nobody else was to be had at the start: somebody may be back", () => {
    expect(hedgeSeconds(...begun(3_600))).toBeCloseTo(p99, 2);
  });
});

describe("the spread of generation times", () => {
  it("grows with the distance of P90 from P50, and is never taken for narrower than providers show", () => {
    expect(p99Of({ p50: 34, p90: 74 }) / 74).toBeCloseTo(1.88, 1);
    expect(p99Of({ p50: 45, p90: 50 }) / 50).toBeCloseTo(1.52, 2);
  });

  it("draws the mean above the P50", () => {
    expect(meanOverP50({ p50: 60, p90: 120 })).toBeCloseTo(1.157, 2);
    expect(meanOverP50({ p50: 60, p90: 60 })).toBe(1);
  });
});
