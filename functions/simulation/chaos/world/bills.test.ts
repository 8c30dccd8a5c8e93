import { describe, expect, it } from "@jest/globals";
import { accepted, event, exampleJob, run } from "../../../src/domain/__fixtures__/jobs.js";
import type { Job } from "../../../src/domain/job/job.js";
import { type Bill, type Departure, judgeBill, judgeRecord } from "./bills.js";

function billOf(job: Job, departure: Partial<Departure> = {}, changes: Partial<Bill> = {}): Bill {
  return {
    vendor: "acme",
    jobId: job.id,
    attempt: 1,
    generation: { id: "generation-1", model: "acme:one", startedAt: 0, endsAt: 0 },
    generationFault: null,
    departure: { job: "queued", attempt: "starting", ...departure },
    saidGone: false,
    answeredAt: null,
    denials: 0,
    ...changes,
  };
}

describe("a generation that a vendor bills", () => {
  const job = run(exampleJob(), [0, event.claim(1)]).job;
  const cancelled = run(job, [1, event.cancel()]).job;

  it("is in order while its start is on record and waited for", () => {
    const bill = billOf(job);
    expect(judgeBill(bill, job, [bill])).toBeNull();
  });

  it("is one too many when the call left for an attempt that was given up", () => {
    expect(judgeBill(billOf(job, { attempt: "given_up" }), job, [])).toMatch(/left when that was given_up/);
  });

  it("is one too many when the call left for a job that was cancelled", () => {
    const bill = billOf(cancelled, { job: "cancelled" });
    expect(judgeBill(bill, cancelled, [bill])).toMatch(/left when the job was cancelled/);
  });

  it("is nobody's mistake when the job was cancelled while the call was on its way", () => {
    const bill = billOf(cancelled);
    expect(judgeBill(bill, cancelled, [bill])).toBeNull();
  });
});

describe("the record of a generation that was billed", () => {
  const attemptOf = (job: Job) => {
    const [attempt] = job.attempts;
    if (attempt === undefined) throw new Error("no attempt");
    return attempt;
  };
  const running = run(exampleJob(), ...accepted).job;

  it("may not say that it is gone when the vendor has not said so", () => {
    const gone = run(running, [90, event.ended(1, "missing")]).job;
    expect(judgeRecord(billOf(gone), attemptOf(gone))).toMatch(/the vendor never said so/);
    expect(judgeRecord(billOf(gone, {}, { saidGone: true }), attemptOf(gone))).toBeNull();
  });

  it("has a cost or a place among the losses when it has failed", () => {
    const failed = { ...attemptOf(running), state: "failed", endedAt: 1 } as const;
    expect(judgeRecord(billOf(running), failed)).toMatch(/without a cost/);
    expect(judgeRecord(billOf(running), { ...failed, wasted: true })).toBeNull();
  });
});
