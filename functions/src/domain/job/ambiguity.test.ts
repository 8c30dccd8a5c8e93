import { describe, expect, it } from "@jest/globals";
import { event, exampleJob, run, seconds } from "../__fixtures__/jobs.js";
import { defaultPolicy } from "../policy/policy.js";
import type { Resolution } from "./event.js";
import { isUnresolved, type Job } from "./job.js";
import { transition } from "./transition.js";

const attach: Resolution = { type: "attach", operation: { taskId: "found" } };
const notAccepted: Resolution = { type: "not_accepted" };
const writtenOff: Resolution = { type: "write_off" };
const every = [attach, notAccepted, writtenOff];

const ambiguous = [
  [1, event.claim(1)],
  [2, event.unanswered(1)],
] as const;

/** A job that waits for its unanswered start. */
const waiting = (): Job => run(exampleJob(), ...ambiguous).job;
/** One that gave it up and runs elsewhere. */
const movedOn = (): Job =>
  run(
    exampleJob(),
    ...ambiguous,
    [1_000, event.ambiguityExpired(1)],
    [1_001, event.claim(2)],
    [1_002, event.accepted(2)],
  ).job;
const cancelled = (): Job => run(exampleJob(), ...ambiguous, [3, event.cancel()]).job;

function resolve(job: Job, resolution: Resolution, atSecond = 2_000) {
  return transition(job, event.resolved(1, resolution), seconds(atSecond), defaultPolicy);
}

describe("an unanswered start that an administrator resolves", () => {
  it("by the provider's id is watched like any other, and nobody else is paid", () => {
    const step = resolve(waiting(), attach, 400);
    expect(step?.job).toMatchObject({
      status: "generating",
      next: null,
      attempts: [
        { state: "running", operation: { taskId: "found" }, acceptedAt: seconds(400), wasted: false },
      ],
    });
  });

  it("by saying that it never arrived costs nothing, and the same model may be asked once more", () => {
    const step = resolve(waiting(), notAccepted, 400);
    expect(step?.job).toMatchObject({
      status: "queued",
      next: { step: "start" },
      attempts: [{ state: "failed", costUsdMicros: 0, wasted: false, failure: { code: "not_started" } }],
    });
    expect(step?.observations).toEqual([]);
  });

  it("by writing it off counts as paid in vain, and the job goes on", () => {
    const step = resolve(waiting(), writtenOff, 400);
    expect(step?.job).toMatchObject({
      status: "queued",
      attempts: [{ state: "written_off", wasted: true, costUsdMicros: 250_000 }],
    });
    expect(step?.observations).toEqual([]);
  });

  it.each(every)("is resolved once: $type", (resolution) => {
    const step = resolve(waiting(), resolution, 400);
    if (step === null) throw new Error("absorbed");
    expect(step.job.attempts.some(isUnresolved)).toBe(false);
    for (const other of every) expect(resolve(step.job, other, 401)).toBeNull();
  });

  it("must be one", () => {
    const running = run(exampleJob(), [1, event.claim(1)], [2, event.accepted(1)]).job;
    const starting = run(exampleJob(), [1, event.claim(1)]).job;
    for (const resolution of every) {
      expect(resolve(running, resolution)).toBeNull();
      expect(resolve(starting, resolution)).toBeNull();
      expect(transition(waiting(), event.resolved(2, resolution), seconds(400), defaultPolicy)).toBeNull();
    }
  });
});

describe("a start that the job no longer waits for", () => {
  it("stays unresolved until somebody says what became of it", () => {
    expect(movedOn().attempts.map(isUnresolved)).toEqual([true, false]);
  });

  it("that is found is read for its result, while the other one runs on", () => {
    const step = resolve(movedOn(), attach);
    expect(step?.job).toMatchObject({
      status: "generating",
      attempts: [{ state: "given_up", operation: { taskId: "found" } }, { state: "running" }],
      outbox: [],
    });
  });

  it("that never arrived is put right on record and changes nothing else", () => {
    const before = movedOn();
    const step = resolve(before, notAccepted);
    expect(step?.job).toMatchObject({
      status: "generating",
      next: before.next,
      attempts: [{ state: "failed", costUsdMicros: 0, wasted: false }, { state: "running" }],
    });
    expect(step?.ledger).toEqual([]);
  });

  it("that is written off keeps its estimate as its cost", () => {
    const step = resolve(movedOn(), writtenOff);
    expect(step?.job.attempts[0]).toMatchObject({
      state: "written_off",
      wasted: true,
      costUsdMicros: 250_000,
    });
    expect(step?.job.status).toBe("generating");
  });
});

describe("an unanswered start of a job that was cancelled", () => {
  it("that is found is stopped at the provider", () => {
    const step = resolve(cancelled(), attach);
    expect(step?.job.status).toBe("cancelled");
    expect(step?.job.outbox).toContainEqual({
      id: `${step?.job.id}:cancel:1`,
      type: "cancel_operation",
      attempt: 1,
    });
    expect(step?.job.cancellation?.outcome).toBe("requested");
  });

  it("that never arrived confirms the cancellation", () => {
    expect(resolve(cancelled(), notAccepted)?.job.cancellation?.outcome).toBe("confirmed");
  });

  it("that is written off leaves the cancellation unconfirmed, since it may still run", () => {
    const step = resolve(cancelled(), writtenOff);
    expect(step?.job.cancellation?.outcome).toBe("unconfirmed");
    expect(step?.job.status).toBe("cancelled");
  });

  it.each(every)("moves no credits: $type", (resolution) => {
    expect(resolve(cancelled(), resolution)?.ledger).toEqual([]);
  });
});
