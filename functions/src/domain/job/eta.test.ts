import { describe, expect, it } from "@jest/globals";
import { forAnyHistory } from "../__fixtures__/histories.js";
import { accepted, event, exampleJob, run, startedAt } from "../__fixtures__/jobs.js";
import { actualSeconds, etaOf } from "./eta.js";
import { isTerminal, type Job } from "./job.js";

const typical = { p50Seconds: 60, p90Seconds: 90 };
const seconds = (count: number) => startedAt + count * 1_000;
const queued: Job = { ...exampleJob(), typical };
const generating = run(queued, ...accepted).job;
const [attempt] = generating.attempts;
if (attempt?.acceptedAt == null) throw new Error("nothing was accepted");
const { acceptedAt } = attempt;
const { p50Seconds, p90Seconds } = attempt.typical;

describe("when a video is expected", () => {
  it("is told as soon as it is asked for, by the typical time of the first choice", () => {
    expect(etaOf(queued, seconds(10))).toEqual({
      p50At: seconds(60),
      p90At: seconds(90),
      remainingSeconds: 50,
    });
  });

  it("is told from the moment at which the provider has accepted it", () => {
    expect(etaOf(generating, acceptedAt)).toEqual({
      p50At: acceptedAt + p50Seconds * 1_000,
      p90At: acceptedAt + p90Seconds * 1_000,
      remainingSeconds: p50Seconds,
    });
  });

  it("is nine in ten once the half of such videos would be there, and nobody knows after that", () => {
    const late = acceptedAt + (p50Seconds + 1) * 1_000;
    expect(etaOf(generating, late)?.remainingSeconds).toBe(Math.ceil(p90Seconds - p50Seconds - 1));
    expect(etaOf(generating, acceptedAt + p90Seconds * 1_000)).toBeNull();
  });

  it.each<[string, Job]>([
    ["of an earlier version that kept no typical time", exampleJob()],
    [
      "that waits for a provider",
      { ...queued, next: { step: "start", dueAt: startedAt, waitsFor: "provider" } },
    ],
    [
      "that waits for the end of a pause",
      { ...queued, next: { step: "start", dueAt: startedAt, waitsFor: "pause" } },
    ],
    ["whose start was never answered", { ...queued, attempts: [{ ...attempt, state: "ambiguous" }] }],
    ["whose attempt was lost", { ...queued, attempts: [{ ...attempt, state: "failed" }] }],
  ])("is not known of a job %s", (_name, job) => {
    expect(etaOf(job, seconds(1))).toBeNull();
  });

  it("is never after the nine in ten, and never negative, whatever happens to the job", () => {
    forAnyHistory(({ start, end }) => {
      for (const job of [start, end, { ...start, typical }]) {
        for (const later of [0, 61, 91, 3_600]) {
          const now = job.updatedAt + later * 1_000;
          const eta = etaOf(job, now);
          if (eta === null) continue;
          expect(isTerminal(job)).toBe(false);
          expect(eta.p50At).toBeLessThanOrEqual(eta.p90At);
          expect(eta.remainingSeconds).toBeGreaterThanOrEqual(0);
        }
        expect(actualSeconds(job) === null).toBe(job.endedAt === null);
      }
    });
  });
});

describe("how long a video took", () => {
  it("is told when it has ended, from its creation on", () => {
    const { job } = run(generating, [100, event.cancel()]);
    expect(actualSeconds(generating)).toBeNull();
    expect(actualSeconds(job)).toBe(((job.endedAt ?? 0) - job.createdAt) / 1_000);
    expect(etaOf(job, job.updatedAt)).toBeNull();
  });
});
