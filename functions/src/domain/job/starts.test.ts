import { describe, expect, it } from "@jest/globals";
import { accepted, event, exampleJob, run, seconds } from "../__fixtures__/jobs.js";
import type { ErrorCode } from "../errors.js";
import { defaultPolicy } from "../policy/policy.js";
import { isUnresolved } from "./job.js";
import { transition } from "./transition.js";
import { coolingModels, coolUntil, exhaustedModels } from "./tried-models.js";

describe("a refused start", () => {
  it.each(["server_error", "network"] as const)("with %s is tried once more at the same model", (code) => {
    const once = run(exampleJob(), [1, event.claim(1, { model: "m" })], [2, event.refused(1, code)]).job;
    expect(exhaustedModels(once)).toEqual([]);
    expect(once.next?.dueAt).toBeGreaterThan(seconds(2));
    const twice = run(once, [5, event.claim(2, { model: "m" })], [6, event.refused(2, code)]).job;
    expect(exhaustedModels(twice)).toEqual(["m"]);
    expect(twice.next).toEqual({ step: "start", dueAt: seconds(6) });
  });

  it("with rate_limited lets the model cool down for as long as its vendor asked, and no longer", () => {
    const claimed = run(exampleJob(), [1, event.claim(1, { model: "m" })]).job;
    const failure = { code: "rate_limited", retryAfterMs: 90_000 } as const;
    const refused = transition(
      claimed,
      { type: "start_refused", attempt: 1, failure },
      seconds(2),
      defaultPolicy,
    );
    const job = refused?.job ?? claimed;
    expect(exhaustedModels(job)).toEqual([]);
    expect(coolingModels(job, seconds(91))).toEqual(["m"]);
    expect(coolUntil(job, seconds(91))).toBe(seconds(92));
    expect(coolingModels(job, seconds(92))).toEqual([]);
    expect(coolUntil(job, seconds(92))).toBeNull();
  });

  it.each(["authentication", "vendor_quota"] as const)("with %s leaves the model at once", (code) => {
    const { job } = run(exampleJob(), [1, event.claim(1, { model: "m" })], [2, event.refused(1, code)]);
    expect(job.status).toBe("queued");
    expect(exhaustedModels(job)).toEqual(["m"]);
  });

  it.each<ErrorCode>(["content_blocked", "invalid_request"])("with %s never wanders", (code) => {
    const { job, ledger } = run(exampleJob(), [1, event.claim(1)], [2, event.refused(1, code)]);
    expect(job).toMatchObject({ status: "failed", error: { code }, next: null });
    expect(ledger).toMatchObject([{ type: "release", credits: 10 }]);
  });

  it("costs nothing and does not use up an attempt, but six are enough", () => {
    let job = exampleJob();
    for (let number = 1; number <= 6; number += 1) {
      expect(job.status).toBe("queued");
      job = run(
        job,
        [number * 10, event.claim(number)],
        [number * 10 + 1, event.refused(number, "vendor_quota")],
      ).job;
      expect(job.attempts.at(-1)?.costUsdMicros).toBe(0);
    }
    expect(job).toMatchObject({ status: "failed", error: { code: "vendor_quota" } });
  });

  it("six times for an outage waits inside its deadline, and thirty are enough", () => {
    let job = exampleJob();
    for (let number = 1; number <= 30; number += 1) {
      expect(job.status).toBe("queued");
      job = run(job, [number * 10, event.claim(number)], [number * 10 + 1, event.refused(number)]).job;
      if (number >= 6 && number < 30) expect(job.next).toMatchObject({ step: "start", waitsFor: "provider" });
    }
    expect(job).toMatchObject({ status: "failed", error: { code: "server_error" } });
  });
});

describe("a start that was withheld", () => {
  const ambiguous = [
    [1, event.claim(1)],
    [2, event.unanswered(1)],
  ] as const;
  const fallenBack = [
    ...ambiguous,
    [902, event.ambiguityExpired(1)],
    [903, event.claim(2)],
    [904, event.accepted(2)],
  ] as const;

  it.each([
    ["is under way", [[1, event.claim(1)]] as const],
    ["counts as unanswered", ambiguous],
  ])("while it %s cost nothing, blames nobody, and the job goes on", (_when, before) => {
    const step = run(exampleJob(), ...before, [910, event.withheld(1)]);
    expect(step.job).toMatchObject({
      status: "queued",
      next: { step: "start" },
      attempts: [{ state: "failed", costUsdMicros: 0, wasted: false }],
    });
    expect(step.observations).toEqual([]);
    expect(exhaustedModels(step.job)).toEqual([]);
  });

  it("after it was given up is put right on record, and the other one runs on", () => {
    const { job } = run(exampleJob(), ...fallenBack, [910, event.withheld(1)]);
    expect(job).toMatchObject({
      status: "generating",
      attempts: [{ state: "failed", costUsdMicros: 0, wasted: false }, { state: "running" }],
    });
    expect(job.attempts.some(isUnresolved)).toBe(false);
  });

  it("for a job that was cancelled confirms the cancellation", () => {
    const { job } = run(exampleJob(), [1, event.claim(1)], [2, event.cancel()], [3, event.withheld(1)]);
    expect(job).toMatchObject({ status: "cancelled", cancellation: { outcome: "confirmed" } });
  });

  it("as a copy says nothing about the copy before it, and nothing at all once there is a later one", () => {
    const resent = run(exampleJob(), [1, event.claim(1)], [31, event.resent(1, seconds(61))]).job;
    const { job } = run(resent, [70, event.withheld(1, 2)]);
    expect(job.attempts).toMatchObject([{ state: "starting", sends: 2, costUsdMicros: null }]);
    expect(transition(resent, event.withheld(1, 1), seconds(40), defaultPolicy)).toBeNull();
  });

  it("tells nothing new about one whose fate is known", () => {
    const running = run(exampleJob(), ...accepted).job;
    const refused = run(exampleJob(), [1, event.claim(1)], [2, event.refused(1)]).job;
    const writtenOff = run(exampleJob(), ...ambiguous, [400, event.resolved(1, { type: "write_off" })]).job;
    for (const job of [running, refused, writtenOff, exampleJob()]) {
      expect(transition(job, event.withheld(1), seconds(910), defaultPolicy)).toBeNull();
    }
  });
});

describe("a generation that was accepted and failed", () => {
  it("goes to the next candidate, and what it cost is recorded as wasted", () => {
    const { job, observations } = run(exampleJob(), ...accepted, [
      60,
      event.failed(1, "processing_failed", 125_000),
    ]);
    expect(job).toMatchObject({ status: "queued", next: { step: "start", dueAt: seconds(60) } });
    expect(job.attempts[0]).toMatchObject({ state: "failed", wasted: true, costUsdMicros: 125_000 });
    expect(exhaustedModels(job)).toEqual(["acme:clip-1"]);
    expect(observations).toEqual([
      { provider: "acme", model: "acme:clip-1", outcome: { ok: false, code: "processing_failed" } },
    ]);
  });

  it("is given up after three paid attempts", () => {
    const { job } = run(
      exampleJob(),
      ...accepted,
      [60, event.failed(1)],
      [61, event.claim(2)],
      [62, event.accepted(2)],
      [90, event.failed(2)],
      [91, event.claim(3)],
      [92, event.accepted(3)],
      [120, event.failed(3)],
    );
    expect(job).toMatchObject({ status: "failed", error: { code: "processing_failed" } });
  });

  it("never wanders when moderation refused it", () => {
    const { job } = run(exampleJob(), ...accepted, [60, event.failed(1, "content_blocked")]);
    expect(job).toMatchObject({ status: "failed", error: { code: "content_blocked", fault: "moderation" } });
  });

  it("never wanders either when a hedge beside it, or a start after it, is lost later", () => {
    const blocked = event.failed(1, "content_blocked");
    const hedging = { ...defaultPolicy, hedge: { enabled: true } };
    const running = run(exampleJob(), ...accepted).job;
    const hedged = transition(running, event.claim(2, { hedge: true }), seconds(61), hedging)?.job ?? running;
    const beside = run(hedged, [62, event.accepted(2)], [70, blocked]).job;
    expect(beside.status).toBe("generating");
    const after = run(
      exampleJob(),
      ...accepted,
      [400, event.timedOut(1)],
      [401, event.claim(2)],
      [402, event.accepted(2)],
      [410, blocked],
    ).job;
    for (const job of [beside, after]) {
      expect(run(job, [800, event.failed(2)]).job).toMatchObject({
        status: "failed",
        error: { code: "content_blocked" },
      });
      expect(run(job, [800, event.succeeded(2)]).job.status).toBe("storing");
    }
  });

  it("never takes back the progress that the user has seen", () => {
    const before = run(exampleJob(), ...accepted).job;
    const { job } = run(before, [200, event.failed(1)]);
    expect(job.status).toBe("queued");
    expect(job.progressPercent).toBeGreaterThan(60);
  });
});

describe("an unanswered start", () => {
  it("at a provider without a key waits, and is then paid a second time, on record", () => {
    const waiting = run(exampleJob(), [1, event.claim(1)], [2, event.unanswered(1)]).job;
    expect(waiting).toMatchObject({ status: "queued", next: { step: "start", dueAt: seconds(902) } });
    const { job } = run(waiting, [902, event.ambiguityExpired(1)]);
    expect(job.attempts[0]).toMatchObject({
      state: "unanswered",
      wasted: true,
      failure: { code: "ambiguous_start" },
    });
    expect(job.next).toEqual({ step: "start", dueAt: seconds(902) });
  });

  it("counts as paid when it is given up, so that three are the end", () => {
    let { job } = run(exampleJob(), [1, event.claim(1)], [2, event.unanswered(1)]);
    job = run(job, [902, event.ambiguityExpired(1)]).job;
    job = run(job, [903, event.claim(2)], [904, event.accepted(2)], [960, event.failed(2)]).job;
    job = run(job, [961, event.claim(3)], [962, event.accepted(3)], [990, event.failed(3)]).job;
    expect(job.status).toBe("failed");
  });

  it("fails over at once when the policy says so", () => {
    const policy = { ...defaultPolicy, ambiguous: { action: "failOver", waitSeconds: 900 } } as const;
    const starting = run(exampleJob(), [1, event.claim(1)]).job;
    const step = transition(starting, event.unanswered(1), seconds(2), policy);
    expect(step?.job.next).toEqual({ step: "start", dueAt: seconds(2) });
  });

  it("is used when its answer arrives while it is waited for", () => {
    const { job } = run(exampleJob(), [1, event.claim(1)], [2, event.unanswered(1)], [60, event.accepted(1)]);
    expect(job).toMatchObject({ status: "generating", next: null });
  });

  it("with a key is sent again, four times in all, and then counts as unanswered for good", () => {
    let { job } = run(exampleJob(), [1, event.claim(1)]);
    for (let sends = 1; sends < 4; sends += 1) {
      job = run(job, [sends * 60, event.unanswered(1, true)]).job;
      expect(job.attempts[0]).toMatchObject({ state: "starting", sends });
      job = run(job, [sends * 60 + 30, event.resent(1, seconds(sends * 60 + 59))]).job;
    }
    job = run(job, [300, event.unanswered(1, true)]).job;
    expect(job.attempts[0]).toMatchObject({ state: "ambiguous", sends: 4 });
  });

  it("that was sent again is not settled by a refusal of the copy", () => {
    const { job } = run(
      exampleJob(),
      [1, event.claim(1)],
      [2, event.unanswered(1, true)],
      [10, event.resent(1, seconds(40))],
      [11, event.refused(1, "rate_limited")],
    );
    expect(job.attempts).toMatchObject([{ state: "starting", failure: null }]);
    expect(job.next?.step).toBe("start");
  });

  it.each(["content_blocked", "invalid_request"] as const)(
    "that was sent again is settled by %s in the vendor's own words, which every copy gets",
    (code) => {
      const resent = run(
        exampleJob(),
        [1, event.claim(1)],
        [2, event.unanswered(1, true)],
        [10, event.resent(1, seconds(40))],
      ).job;
      const failure = { code, providerCode: "refused" };
      const { job } = run(resent, [11, { type: "start_refused", attempt: 1, failure }]);
      expect(job).toMatchObject({ status: "failed", error: { code } });
    },
  );

  it("that was sent again is not settled by a page that a gateway may have written", () => {
    const { job } = run(
      exampleJob(),
      [1, event.claim(1)],
      [2, event.unanswered(1, true)],
      [10, event.resent(1, seconds(40))],
      [11, event.refused(1, "invalid_request")],
    );
    expect(job.attempts).toMatchObject([{ state: "starting", failure: null }]);
  });

  it("is not given up because the sender of an earlier copy tells late that it got no answer", () => {
    let { job } = run(exampleJob(), [1, event.claim(1)]);
    for (let send = 1; send < 4; send += 1) {
      job = run(job, [send * 60, event.resent(1, seconds(send * 60 + 30))]).job;
    }
    const late = { attempt: 1, send: 2, resendable: true } as const;
    expect(transition(job, { type: "start_unanswered", ...late }, seconds(190), defaultPolicy)).toBeNull();
    const refused = { type: "start_refused", ...late, failure: { code: "network" } } as const;
    expect(transition(job, refused, seconds(190), defaultPolicy)).toBeNull();
    const { job: ambiguous } = run(job, [191, { type: "start_unanswered", ...late, send: 4 }]);
    expect(ambiguous.attempts[0]).toMatchObject({ state: "ambiguous", sends: 4 });
  });

  it("is not sent again for a job that was cancelled in between", () => {
    const { job } = run(exampleJob(), [1, event.claim(1)], [2, event.cancel()]);
    expect(transition(job, event.resent(1, seconds(90)), seconds(60), defaultPolicy)).toBeNull();
  });
});

describe("a start that is put off", () => {
  it("is put off by one task: copies of that task, which each have one follow, do not multiply", () => {
    const waiting = run(exampleJob(), [1, event.postponed(seconds(60))]).job;
    for (const at of [1, 2, 30, 58]) {
      expect(transition(waiting, event.postponed(seconds(at + 60)), seconds(at), defaultPolicy)).toBeNull();
    }
    for (const at of [59, 60, 90]) {
      const step = transition(waiting, event.postponed(seconds(at + 60)), seconds(at), defaultPolicy);
      expect(step?.job.next).toEqual({ step: "start", dueAt: seconds(at + 60) });
    }
  });
});
