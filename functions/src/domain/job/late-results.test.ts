import { describe, expect, it } from "@jest/globals";
import { accepted, event, exampleJob, run, seconds } from "../__fixtures__/jobs.js";
import { defaultPolicy } from "../policy/policy.js";
import { type Job, watchedAttempts } from "./job.js";
import { lastPollAt } from "./poll.js";
import { transition } from "./transition.js";

const cancelled = run(exampleJob(), ...accepted, [10, event.cancel()]).job;

/** A cancelled job of which nothing is owed, and whose generation may still run. */
const left = run(
  cancelled,
  [11, event.cancelAnswered(1, false)],
  [12, event.delivered([`${cancelled.id}:notify`])],
).job;

function lastPollOf(job: Job): number {
  return lastPollAt(job.attempts[0]?.timeoutAt ?? 0, job.deadlineAt);
}

describe("a generation that was stopped", () => {
  it.each(["unknown", "none"] as const)("has an end and is paid in vain where a refund is %s", (refund) => {
    const { job } = run(cancelled, [11, event.cancelAnswered(1, true, refund)]);
    expect(job.attempts[0]).toMatchObject({
      state: "cancelled",
      endedAt: seconds(11),
      costUsdMicros: null,
      wasted: true,
      cancelRefund: refund,
    });
  });

  it("costs nothing where the provider refunds it", () => {
    const { job } = run(cancelled, [11, event.cancelAnswered(1, true, "full")]);
    expect(job.attempts[0]).toMatchObject({
      state: "cancelled",
      endedAt: seconds(11),
      costUsdMicros: 0,
      wasted: false,
      cancelRefund: "full",
    });
  });
});

describe("a stop whose answer was lost", () => {
  it("leaves a generation that the provider no longer knows, and that may have been billed", () => {
    const { job } = run(cancelled, [11, event.ended(1, "missing")], [12, event.cancelAnswered(1, false)]);
    expect(job.attempts[0]).toMatchObject({ state: "failed", costUsdMicros: null, wasted: true });
    expect(job.cancellation?.outcome).toBe("unconfirmed");
  });
});

describe("a stop that comes too late", () => {
  it("records the result and its bill, and does not call the cancellation confirmed", () => {
    const { job, ledger } = run(cancelled, [
      11,
      event.cancelledTooLate(1, {
        status: "succeeded",
        outputUrl: "https://files.example.test/1.mp4",
        costUsdMicros: 300_000,
      }),
    ]);
    expect(job).toMatchObject({
      status: "cancelled",
      next: null,
      cancellation: { outcome: "unconfirmed" },
      attempts: [{ state: "succeeded", endedAt: seconds(11), costUsdMicros: 300_000, wasted: true }],
      outbox: [{ type: "notify" }],
    });
    expect(ledger).toEqual([]);
  });

  it("because the provider had cancelled it by itself is confirmed", () => {
    const { job } = run(cancelled, [
      11,
      event.cancelledTooLate(1, { status: "cancelled", costUsdMicros: 0 }),
    ]);
    expect(job).toMatchObject({
      cancellation: { outcome: "confirmed" },
      attempts: [{ state: "cancelled", costUsdMicros: 0, wasted: false }],
    });
  });

  it("and removes what a poll had just found finished is not called a stop", () => {
    const { job } = run(cancelled, [11, event.succeeded(1, 250_000)], [12, event.cancelAnswered(1, true)]);
    expect(job.attempts[0]).toMatchObject({ state: "succeeded", costUsdMicros: 250_000, wasted: true });
    expect(job.cancellation?.outcome).toBe("unconfirmed");
  });

  it("says nothing new when a poll was faster", () => {
    const { job } = run(
      cancelled,
      [11, event.succeeded(1, 250_000)],
      [12, event.cancelledTooLate(1, { status: "cancelled" })],
    );
    expect(job.attempts[0]).toMatchObject({ state: "succeeded", costUsdMicros: 250_000, wasted: true });
    expect(job.cancellation?.outcome).toBe("unconfirmed");
  });
});

describe("a generation that nobody waits for", () => {
  it("is looked after now and then until its last poll", () => {
    const looks: number[] = [];
    let job = left;
    while (job.checkAt !== null && looks.length < 100) {
      looks.push(job.checkAt);
      const step = transition(job, event.lateResultDue(1), job.checkAt, defaultPolicy);
      if (step === null) throw new Error("absorbed");
      job = step.job;
    }
    expect(looks.at(-1)).toBe(lastPollOf(left));
    const minutes = looks.slice(1).map((at, index) => (at - (looks[index] ?? 0)) / 60_000);
    expect(Math.min(...minutes.slice(0, -1))).toBeGreaterThanOrEqual(10);
    expect(Math.max(...minutes)).toBeLessThanOrEqual(20);
  });

  it("counts as paid in vain when it was asked about for long enough", () => {
    const at = (lastPollOf(left) - seconds(0)) / 1_000;
    expect(transition(left, event.lateResultDue(1), seconds(20), defaultPolicy)).toBeNull();
    const { job, ledger } = run(left, [at, event.lateResultDue(1)]);
    expect(job).toMatchObject({
      status: "cancelled",
      checkAt: null,
      attempts: [{ state: "lost", endedAt: lastPollOf(left), costUsdMicros: null, wasted: true }],
    });
    expect(watchedAttempts(job)).toEqual([]);
    expect(ledger).toEqual([]);
    expect(transition(job, event.lateResultDue(1), lastPollOf(left) + 1, defaultPolicy)).toBeNull();
  });

  it("has its bill put right when its result comes after all, and revives nothing", () => {
    const at = (lastPollOf(left) - seconds(0)) / 1_000;
    const { job } = run(left, [at, event.lateResultDue(1)], [at + 60, event.failed(1, "server_error", 0)]);
    expect(job).toMatchObject({
      status: "cancelled",
      next: null,
      attempts: [{ state: "failed", costUsdMicros: 0, wasted: false }],
    });
  });

  it("is never given up while the job still waits for it", () => {
    const running = run(exampleJob(), ...accepted).job;
    expect(transition(running, event.lateResultDue(1), lastPollOf(running), defaultPolicy)).toBeNull();
  });

  it("that answers its start after that was given up is watched like any other", () => {
    const { job } = run(
      exampleJob(),
      [1, event.claim(1)],
      [2, event.unanswered(1)],
      [902, event.ambiguityExpired(1)],
      [903, event.accepted(1)],
    );
    expect(watchedAttempts(job).map(({ number }) => number)).toEqual([1]);
  });
});
