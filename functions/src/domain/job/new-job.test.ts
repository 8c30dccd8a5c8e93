import { describe, expect, it } from "@jest/globals";
import { event, exampleJob, run, seconds } from "../__fixtures__/jobs.js";
import { defaultPolicy } from "../policy/policy.js";
import type { Job } from "./job.js";
import { batchJobId, nextTry } from "./new-job.js";
import { transition } from "./transition.js";

const owner = { uid: "owner-1", tier: "free" };
const price = { credits: 10, seconds: 5, imageCredits: 0, usdPerCredit: 0.05 };
const later = seconds(600);

function failedJob(changes: Partial<Job> = {}): Job {
  const { job } = run(exampleJob(), [1, event.claim(1)], [2, event.refused(1, "content_blocked")]);
  return { ...job, ...changes };
}

function again(previous: Job, tier = "free", now = later): Job {
  return nextTry(previous, { ...owner, tier }, price, defaultPolicy, now);
}

function noted(job: Job, jobId: string): Job | undefined {
  return transition(job, { type: "redriven", jobId }, later, defaultPolicy)?.job;
}

describe("the next try of a job", () => {
  it("has the same request, and a hold and a deadline of its own", () => {
    const failed = failedJob();
    expect(again(failed)).toMatchObject({
      status: "queued",
      request: failed.request,
      redriveOf: failed.id,
      attempts: [],
      createdAt: later,
      heldCredits: exampleJob().heldCredits,
    });
    expect(again(failed).deadlineAt).toBeGreaterThan(failed.deadlineAt);
  });

  it("is one job, whoever asks for it and whenever", () => {
    const failed = failedJob();
    expect(again(failed, "premium", later + 1).id).toBe(again(failed).id);
    expect(again(failed).id).not.toBe(failed.id);
  });

  it("is another job once the first one is noted, so that a deleted one is not meant", () => {
    const failed = failedJob();
    const first = again(failed);
    const next = again(failedJob({ redrives: [first.id] }));
    expect([failed.id, first.id]).not.toContain(next.id);
  });

  it("has the next number in its batch, and the id that belongs to it", () => {
    const batch = { batchId: "b".repeat(24), key: "intro", number: 2 };
    const place = { ...batch, number: 3 };
    expect(again(failedJob({ batch }))).toMatchObject({ batch: place, id: batchJobId(place) });
  });
});

describe("a job that was started again", () => {
  const cancelled = run(exampleJob(), [1, event.cancel()]).job;

  it.each([
    ["failed", failedJob()],
    ["was cancelled", cancelled],
  ])("names the new one when it %s, once", (_how, job) => {
    const after = noted(job, "new");
    expect(after).toMatchObject({ status: job.status, redrives: ["new"] });
    expect(after && noted(after, "new")).toBeUndefined();
  });

  it("has ended, and not well", () => {
    expect(noted(exampleJob(), "new")).toBeUndefined();
    expect(noted({ ...failedJob(), status: "completed" }, "new")).toBeUndefined();
  });
});
