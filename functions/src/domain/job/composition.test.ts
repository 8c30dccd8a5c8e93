import { describe, expect, it } from "@jest/globals";
import { event, exampleJob, exampleOutput, run, seconds } from "../__fixtures__/jobs.js";
import { applyEntry, emptyAccount, isBalanced } from "../accounting/credits.js";
import { defaultPolicy } from "../policy/policy.js";
import type { JobEvent } from "./event.js";
import type { Job, StoredPart } from "./job.js";
import { holdEntry } from "./new-job.js";
import { partSteps, remainingSeconds } from "./progress.js";
import { mayHedge } from "./timing.js";
import { transition } from "./transition.js";

const plan = { type: "scene" } as const;
const image: StoredPart = { name: "image", jobId: "picture", output: exampleOutput, chargedCredits: 2 };
const video: StoredPart = { name: "video", jobId: "film", output: exampleOutput, chargedCredits: 0 };
const { made, stored } = partSteps(plan, "image");
const planned: JobEvent = {
  type: "composition_planned",
  plan,
  estimate: { adjustments: [], costUsdMicros: 700_000, p50Seconds: 60, p90Seconds: 120 },
};
const ready: JobEvent = { type: "parts_ready", costUsdMicros: 650_000 };

function progressed(steps: readonly (typeof made)[], parts: readonly StoredPart[] = []): JobEvent {
  return { type: "parts_progressed", steps, parts };
}

function lost(code: "processing_failed" | "timeout" = "processing_failed"): JobEvent {
  return { type: "part_lost", code, costUsdMicros: 650_000 };
}

function wholeStored(credits = 10): JobEvent {
  return { type: "stored", attempt: null, output: exampleOutput, credits };
}

function wholeNotStored(obstacle: "bad_file" | "own_trouble"): JobEvent {
  return { type: "store_failed", attempt: null, code: "upload_failed", obstacle };
}

describe("a job that is made of parts", () => {
  it("charges a part when it is stored, and only once", () => {
    const { job, ledger } = run(exampleJob(), [1, planned], [3, progressed([made, stored], [image])]);
    expect(job).toMatchObject({ heldCredits: 8, chargedCredits: 2, status: "generating" });
    expect(ledger).toMatchObject([{ id: `${job.id}:capture:image`, type: "capture", credits: 2 }]);
    expect(transition(job, progressed([made, stored], [image]), seconds(4), defaultPolicy)).toBeNull();
  });

  it("keeps what was charged for a part when it fails, and gives the rest back", () => {
    const { job, ledger } = run(
      exampleJob(),
      [1, planned],
      [3, progressed([made, stored], [image])],
      [4, lost()],
    );
    expect(job).toMatchObject({ status: "failed", heldCredits: 0, chargedCredits: 2 });
    expect(ledger).toMatchObject([{ type: "release", credits: 8 }]);
  });

  it("is never hedged: its parts are", () => {
    const hedging = { ...defaultPolicy, hedge: { enabled: true } };
    const job = transition(exampleJob(), planned, seconds(2), hedging)?.job ?? exampleJob();
    expect(job).toMatchObject({ status: "generating", attempts: [] });
    expect(mayHedge(job, hedging)).toBe(false);
    const single = run(exampleJob(), [1, event.claim(1)], [2, event.accepted(1)]).job;
    expect(mayHedge(single, hedging)).toBe(true);
  });

  it("is not given to another provider: its parts have tried them", () => {
    const { job, observations } = run(exampleJob(), [1, planned], [3, lost("timeout")]);
    expect(job).toMatchObject({ status: "failed", error: { code: "timeout" } });
    expect(observations).toEqual([]);
  });

  it("teaches nothing about a model when it completes", () => {
    const done = run(
      exampleJob(),
      [1, planned],
      [2, progressed([], [image, video])],
      [3, ready],
      [4, wholeStored()],
    );
    expect(done.observations).toEqual([]);
    expect(done.job).toMatchObject({ status: "completed", composition: { costUsdMicros: 650_000 } });
    expect(done.job.composition?.steps.map(({ percent }) => percent)).toEqual([5, 15, 95, 100]);
  });

  it("is given up at its deadline, not before: its parts have times of their own", () => {
    const { job } = run(exampleJob(), [1, planned]);
    expect(transition(job, event.deadline(), job.deadlineAt - 1, defaultPolicy)).toBeNull();
    const late = transition(job, event.deadline(), job.deadlineAt, defaultPolicy);
    expect(late?.job).toMatchObject({ status: "failed", error: { code: "deadline_exceeded" } });
  });

  it("is counted in no budget of a provider: its parts are", () => {
    const budgets = {
      ...defaultPolicy.budgets,
      installation: { ...defaultPolicy.budgets.installation, usd: 1 },
    };
    const step = transition(exampleJob(), planned, seconds(1), { ...defaultPolicy, budgets });
    expect(step?.job.attempts).toEqual([]);
    expect(step?.budget?.map(({ scope }) => scope.type)).toEqual(["user", "installation"]);
  });

  it("is planned once, and not beside a generation of its own", () => {
    const { job } = run(exampleJob(), [1, planned]);
    expect(transition(job, planned, seconds(2), defaultPolicy)).toBeNull();
    const single = run(exampleJob(), [1, event.claim(1)], [2, event.refused(1, "rate_limited")]).job;
    expect(transition(single, planned, seconds(3), defaultPolicy)).toBeNull();
  });

  it("is stored when every part is, and not before", () => {
    const { job } = run(exampleJob(), [1, planned], [2, progressed([stored], [image])]);
    expect(transition(job, ready, seconds(3), defaultPolicy)).toBeNull();
    const all = run(job, [3, progressed([], [video])], [4, ready]).job;
    expect(all).toMatchObject({ status: "storing", next: { step: "store", attempt: null } });
  });

  it("has its file tried again while that may help, and fails without asking anybody else", () => {
    const storing = run(exampleJob(), [1, planned], [2, progressed([], [image, video])], [3, ready]).job;
    const again = run(storing, [4, wholeNotStored("own_trouble")]).job;
    expect(again).toMatchObject({ status: "storing", composition: { storing: { tries: 1 } } });
    const failed = run(again, [9, wholeNotStored("bad_file")]).job;
    expect(failed).toMatchObject({ status: "failed", error: { code: "upload_failed" }, next: null });
  });

  it("tells how long its parts are expected to take", () => {
    const { job } = run(exampleJob(), [1, planned]);
    expect(remainingSeconds(job, seconds(11))).toBe(50);
    expect(remainingSeconds(job, seconds(200))).toBeNull();
  });

  it.each([true, false])("that is cancelled has its parts stopped; all confirmed: %s", (confirmed) => {
    const cancelled = run(exampleJob(), [1, planned], [2, event.cancel()]).job;
    expect(cancelled.outbox.map(({ type }) => type)).toEqual(["stop_parts", "notify"]);
    expect(cancelled.cancellation?.outcome).toBe("requested");
    const answer = { type: "parts_stopped", confirmed, costUsdMicros: 1, keptUsdMicros: 0 } as const;
    const stopped = run(cancelled, [3, answer]).job;
    expect(stopped.cancellation?.outcome).toBe(confirmed ? "confirmed" : "unconfirmed");
    expect(stopped.outbox.map(({ type }) => type)).toEqual(["notify"]);
    expect(transition(stopped, answer, seconds(4), defaultPolicy)).toBeNull();
  });

  it("takes no news after its end", () => {
    const { job } = run(exampleJob(), [1, planned], [3, event.cancel()]);
    expect(transition(job, progressed([made, stored], [image]), seconds(4), defaultPolicy)).toBeNull();
  });

  it("never goes back in its percentage, even when news arrive in another order", () => {
    const late = run(exampleJob(), [1, planned], [3, progressed([stored])], [4, progressed([made])]);
    expect(late.job.composition?.steps.map(({ percent }) => percent)).toEqual([5, 15, 40, 40]);
    expect(late.job.progressPercent).toBe(40);
  });

  it("settles exactly what it held, whatever happened before its end", () => {
    const endings: readonly (readonly JobEvent[])[] = [
      [event.cancel()],
      [lost()],
      [progressed([], [video]), ready, wholeStored(8)],
      [progressed([], [video]), ready, wholeStored(3)],
      [progressed([], [video]), ready, wholeNotStored("bad_file")],
    ];
    for (const before of [
      [],
      [progressed([stored], [image])],
      [progressed([stored], [{ ...image, chargedCredits: 99 }])],
    ]) {
      for (const ending of endings) expectBalanced(exampleJob(), [planned, ...before, ...ending]);
    }
  });
});

function expectBalanced(job: Job, events: readonly JobEvent[]): void {
  const grant = { ...holdEntry(job), id: "grant", type: "grant", credits: 100 } as const;
  let account = applyEntry(emptyAccount, grant);
  if (account !== null) account = applyEntry(account, holdEntry(job));
  let current = job;
  for (const [index, happening] of events.entries()) {
    const step = transition(current, happening, seconds(index), defaultPolicy);
    for (const line of step?.ledger ?? []) account = account === null ? null : applyEntry(account, line);
    current = step?.job ?? current;
    if (account === null) throw new Error("the account was overdrawn");
    expect(isBalanced(account)).toBe(true);
    expect(account.held).toBe(current.heldCredits);
    expect(account.spent).toBe(current.chargedCredits);
  }
}
