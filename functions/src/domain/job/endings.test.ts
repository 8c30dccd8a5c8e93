import { describe, expect, it } from "@jest/globals";
import { accepted, event, exampleJob, exampleOutput, run, seconds } from "../__fixtures__/jobs.js";
import { defaultPolicy } from "../policy/policy.js";
import { transition } from "./transition.js";

describe("a late success", () => {
  const second = run(
    exampleJob(),
    ...accepted,
    [400, event.timedOut(1)],
    [401, event.claim(2)],
    [402, event.accepted(2)],
  ).job;

  it("of an attempt that was given up is used while the job still needs one", () => {
    const { job } = run(second, [410, event.succeeded(1, 200_000)]);
    expect(job).toMatchObject({ status: "storing", next: { step: "store", attempt: 1 } });
    expect(job.attempts[0]).toMatchObject({ state: "succeeded", wasted: false, failure: null });
    const { job: done } = run(job, [411, event.stored(1)]);
    expect(done.attempts[1]).toMatchObject({ state: "given_up" });
    expect(done.outbox).toContainEqual(expect.objectContaining({ type: "cancel_operation", attempt: 2 }));
  });

  it("is recorded as wasted once another attempt has won", () => {
    const { job } = run(second, [410, event.succeeded(2)], [411, event.succeeded(1, 200_000)]);
    expect(job).toMatchObject({ status: "storing", next: { step: "store", attempt: 2 } });
    expect(job.attempts[0]).toMatchObject({ state: "succeeded", wasted: true, costUsdMicros: 200_000 });
  });

  it("is recorded as wasted once the job was cancelled", () => {
    const { job, ledger } = run(second, [410, event.cancel()], [411, event.succeeded(1, 200_000)]);
    expect(job.status).toBe("cancelled");
    expect(job.attempts[0]).toMatchObject({ state: "succeeded", wasted: true });
    expect(ledger).toEqual([]);
  });

  it("whose file is useless gives the job back to the attempt that still runs", () => {
    const { job } = run(second, [410, event.succeeded(1)], [411, event.storeFailed(1, false)]);
    expect(job).toMatchObject({ status: "generating", next: null });
    expect(job.attempts[1]?.state).toBe("running");
  });

  it("being stored is not disturbed by a start that goes unanswered meanwhile", () => {
    const storing = run(
      exampleJob(),
      ...accepted,
      [400, event.timedOut(1)],
      [401, event.claim(2)],
      [402, event.succeeded(1)],
    ).job;
    for (const resendable of [true, false]) {
      const { job } = run(storing, [403, event.unanswered(2, resendable)]);
      expect(job.next).toEqual({ step: "store", dueAt: seconds(402), attempt: 1 });
    }
  });
});

describe("a generation that finished while another one was stored", () => {
  const twoFinished = run(
    exampleJob(),
    ...accepted,
    [400, event.timedOut(1)],
    [401, event.claim(2)],
    [402, event.accepted(2)],
    [410, event.succeeded(2, 300_000)],
    [411, event.succeeded(1, 200_000)],
  ).job;

  it.each(["bad_output", "upload_failed", "conversion_failed"] as const)(
    "is stored when the other file comes to nothing by %s, before anybody else is paid",
    (code) => {
      const step = run(twoFinished, [7_000, event.storeFailed(2, code !== "bad_output", code)]);
      expect(step.job).toMatchObject({
        status: "storing",
        next: { step: "store", dueAt: seconds(7_000), attempt: 1 },
        attempts: [
          { state: "succeeded", wasted: false, failure: null, costUsdMicros: 200_000 },
          { state: "failed", wasted: true, failure: { code }, costUsdMicros: 300_000 },
        ],
      });
      expect(step.observations).toMatchObject([{ model: "acme:clip-2", outcome: { ok: false, code } }]);
      expect(step.budget).toBeUndefined();
      const { job, ledger } = run(step.job, [7_001, event.stored(1)]);
      expect(job).toMatchObject({ status: "completed", attempts: [{ wasted: false }, { wasted: true }] });
      expect(ledger).toMatchObject([{ type: "capture", credits: 10 }]);
    },
  );

  it("is not stored twice: when its file fails as well, the next candidate has its turn", () => {
    const { job } = run(twoFinished, [420, event.storeFailed(2, false)], [421, event.storeFailed(1, false)]);
    expect(job).toMatchObject({
      status: "queued",
      next: { step: "start" },
      attempts: [
        { state: "failed", wasted: true },
        { state: "failed", wasted: true },
      ],
    });
  });

  it("stays paid in vain when the job is cancelled while it is stored", () => {
    const { job } = run(twoFinished, [420, event.storeFailed(2, false)], [421, event.cancel()]);
    expect(job.attempts.map(({ wasted }) => wasted)).toEqual([true, true]);
  });
});

describe("a start that is accepted while another attempt's file is stored", () => {
  it("is stopped, and its provider is asked to stop it once", () => {
    const { job } = run(
      exampleJob(),
      ...accepted,
      [400, event.timedOut(1)],
      [401, event.claim(2)],
      [402, event.succeeded(1)],
      [403, event.accepted(2)],
      [404, event.stored(1)],
    );
    expect(job.status).toBe("completed");
    expect(job.outbox.map((effect) => effect.id.replace(job.id, ""))).toEqual([":cancel:2", ":notify"]);
  });
});

describe("a start that is accepted after the job was cancelled", () => {
  it("is recorded, cancelled at the provider and never used", () => {
    const { job } = run(exampleJob(), [1, event.claim(1)], [2, event.cancel()], [3, event.accepted(1)]);
    expect(job.status).toBe("cancelled");
    expect(job.attempts[0]?.state).toBe("given_up");
    expect(job.outbox.map((effect) => effect.type)).toEqual(["notify", "cancel_operation"]);
    expect(job.cancellation?.outcome).toBe("requested");
  });
});

describe("storing", () => {
  const storing = run(exampleJob(), ...accepted, [60, event.succeeded(1)]).job;

  it("is repeated with growing waits, then the next candidate has its turn", () => {
    let job = storing;
    const waits: number[] = [];
    for (let tries = 1; tries < defaultPolicy.limits.storeTries; tries += 1) {
      job = run(job, [100 * tries, event.storeFailed(1, true, "download_failed")]).job;
      waits.push((job.next?.dueAt ?? 0) - seconds(100 * tries));
    }
    expect([...waits].sort((a, b) => a - b)).toEqual(waits);
    job = run(job, [600, event.storeFailed(1, true, "download_failed")]).job;
    expect(job).toMatchObject({ status: "queued", next: { step: "start" } });
    expect(job.attempts[0]).toMatchObject({ state: "failed", wasted: true });
  });

  it("goes on past the deadline: the video is paid for and nearly there", () => {
    expect(transition(storing, event.deadline(), seconds(4_000), defaultPolicy)).toBeNull();
  });

  it("charges what was delivered and releases the rest, only when the file is stored", () => {
    const { job, ledger, observations } = run(storing, [70, event.stored(1, 7)]);
    expect(job).toMatchObject({
      status: "completed",
      progressPercent: 100,
      chargedCredits: 7,
      heldCredits: 0,
      output: exampleOutput,
    });
    expect(ledger.map(({ id, credits }) => [id.split(":")[1], credits])).toEqual([
      ["capture", 7],
      ["release", 3],
    ]);
    expect(observations).toEqual([
      { provider: "acme", model: "acme:clip-1", outcome: { ok: true, seconds: 58 } },
    ]);
  });

  it("never charges more than was held", () => {
    expect(run(storing, [70, event.stored(1, 11)]).ledger).toMatchObject([{ type: "capture", credits: 10 }]);
  });

  it("of a job that is cancelled meanwhile leaves a generation that was paid in vain", () => {
    const { job } = run(storing, [61, event.cancel()]);
    expect(job.attempts[0]).toMatchObject({ state: "succeeded", wasted: true });
  });
});

describe("a cancellation", () => {
  it.each([
    ["confirmed", true],
    ["unconfirmed", false],
  ] as const)("is %s when the provider's answer is %p", (outcome, confirmed) => {
    const { job } = run(
      exampleJob(),
      ...accepted,
      [10, event.cancel()],
      [11, event.cancelAnswered(1, confirmed)],
    );
    expect(job.cancellation).toMatchObject({ outcome, by: "owner", refundedCredits: 10 });
    expect(job.attempts[0]?.state).toBe(confirmed ? "cancelled" : "given_up");
    expect(job.outbox.map((effect) => effect.type)).toEqual(["notify"]);
  });

  it("of a job that nobody works on is confirmed at once", () => {
    expect(run(exampleJob(), [1, event.cancel()]).job.cancellation?.outcome).toBe("confirmed");
  });

  it("is confirmed when the start under way turns out to have been refused", () => {
    const { job } = run(exampleJob(), [1, event.claim(1)], [2, event.cancel()], [3, event.refused(1)]);
    expect(job.cancellation?.outcome).toBe("confirmed");
  });

  it("releases the whole hold at once", () => {
    expect(run(exampleJob(), ...accepted, [10, event.cancel()]).ledger).toMatchObject([
      { type: "release", credits: 10 },
    ]);
  });
});

describe("a deadline", () => {
  it("ends the job, stops the generation and releases the hold", () => {
    const { job, ledger } = run(exampleJob(), ...accepted, [3_600, event.deadline()]);
    expect(job).toMatchObject({ status: "failed", error: { code: "deadline_exceeded", retryable: true } });
    expect(job.outbox.map((effect) => effect.type)).toEqual(["cancel_operation", "notify"]);
    expect(ledger).toMatchObject([{ type: "release", credits: 10 }]);
  });

  it("that has passed when an attempt fails leaves no time for another", () => {
    const { job } = run(exampleJob(), ...accepted, [3_601, event.failed(1)]);
    expect(job).toMatchObject({ status: "failed", error: { code: "deadline_exceeded" } });
  });
});
