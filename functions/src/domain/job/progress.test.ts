import { describe, expect, it } from "@jest/globals";
import { event, exampleJob, startedAt } from "../__fixtures__/jobs.js";
import { defaultPolicy } from "../policy/policy.js";
import type { JobEvent } from "./event.js";
import type { Job } from "./job.js";
import { progressOf } from "./progress.js";
import { transition } from "./transition.js";

function jobAfter(...events: readonly JobEvent[]): Job {
  return events.reduce(
    (job, happening) => transition(job, happening, startedAt, defaultPolicy)?.job ?? job,
    exampleJob(),
  );
}

const generating = jobAfter(event.claim(1), event.accepted(1));

describe("the progress that a person sees", () => {
  it.each<[Job, number, string]>([
    [exampleJob(), 0, "Waiting to start"],
    [generating, 10, "Making the video"],
    [jobAfter(event.claim(1), event.refused(1)), 0, "Choosing another provider"],
    [jobAfter(event.claim(1)), 0, "Starting"],
    [jobAfter(event.claim(1), event.unanswered(1)), 0, "Waiting for the provider's answer"],
    [jobAfter(event.claim(1), event.unanswered(1, true)), 0, "Starting"],
    [jobAfter(event.claim(1), event.refused(1), event.claim(2)), 0, "Starting"],
    [
      jobAfter({ type: "start_postponed", until: startedAt + 9, waitsFor: "pause" }),
      0,
      "Waiting: new videos are paused at the moment",
    ],
    [
      jobAfter({ type: "start_postponed", until: startedAt + 9, waitsFor: "provider" }),
      0,
      "Waiting for a provider",
    ],
    [jobAfter(event.claim(1), event.accepted(1), event.succeeded(1)), 85, "Checking and storing the video"],
    [jobAfter(event.claim(1), event.accepted(1), event.succeeded(1), event.stored(1)), 100, "Finished"],
    [jobAfter(event.claim(1), event.refused(1, "content_blocked")), 0, "Failed"],
    [jobAfter(event.cancel()), 0, "Cancelled"],
  ])("of %#: %i %, %s", (job, percent, stage) => {
    expect(progressOf(job, startedAt)).toEqual({ percent, stage });
  });

  it("is half-way through the generation at P50, and never at its end however late it is", () => {
    expect(progressOf(generating, startedAt + 60_000).percent).toBe(47);
    expect(progressOf(generating, startedAt + 86_400_000).percent).toBeLessThan(85);
  });

  it("only ever moves forward while a provider works", () => {
    let last = 0;
    for (let second = 0; second < 600; second += 7) {
      const { percent } = progressOf(generating, startedAt + second * 1_000);
      expect(percent).toBeGreaterThanOrEqual(last);
      last = percent;
    }
  });

  it("does not run backwards when a clock is behind", () => {
    expect(progressOf(generating, startedAt - 60_000).percent).toBe(10);
  });
});
