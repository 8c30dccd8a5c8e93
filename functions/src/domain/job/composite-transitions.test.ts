import { describe, expect, it } from "@jest/globals";
import { event, exampleJob, exampleOutput, run, seconds } from "../__fixtures__/jobs.js";
import { applyEntry, emptyAccount, isBalanced } from "../accounting/credits.js";
import { defaultPolicy } from "../policy/policy.js";
import type { StoredPart } from "./composite.js";
import { partSteps } from "./composite-steps.js";
import type { JobEvent } from "./event.js";
import { mayHedge } from "./hedge.js";
import type { Job } from "./job.js";
import { holdEntry } from "./new-job.js";
import { transition } from "./transition.js";

const plan = { type: "scene" } as const;
const image: StoredPart = { name: "image", jobId: "picture", output: exampleOutput, chargedCredits: 2 };
const claim = event.claim(1, { composite: plan });
const { made, stored } = partSteps(plan, "image");

function progressed(steps: readonly (typeof made)[], parts: readonly StoredPart[] = []): JobEvent {
  return { type: "progressed", attempt: 1, steps, parts };
}

describe("a job that is made of parts", () => {
  it("charges a part when it is stored, and only once", () => {
    const { job, ledger } = run(
      exampleJob(),
      [1, claim],
      [2, event.accepted(1)],
      [3, progressed([made, stored], [image])],
    );
    expect(job).toMatchObject({ heldCredits: 8, chargedCredits: 2, status: "generating" });
    expect(ledger).toMatchObject([{ id: `${job.id}:capture:image`, type: "capture", credits: 2 }]);
    expect(transition(job, progressed([made, stored], [image]), seconds(4), defaultPolicy)).toBeNull();
  });

  it("keeps what was charged for a part when it fails, and gives the rest back", () => {
    const { job, ledger } = run(
      exampleJob(),
      [1, claim],
      [2, event.accepted(1)],
      [3, progressed([made, stored], [image])],
      [4, event.failed(1)],
    );
    expect(job).toMatchObject({ status: "failed", heldCredits: 0, chargedCredits: 2 });
    expect(ledger).toMatchObject([{ type: "release", credits: 8 }]);
  });

  it("is never hedged, also when a document of old says when: its parts are", () => {
    const hedging = { ...defaultPolicy, hedge: { enabled: true } };
    const begun = run(exampleJob(), [1, claim]).job;
    const job = transition(begun, event.accepted(1), seconds(2), hedging)?.job ?? begun;
    expect(job).toMatchObject({ status: "generating", attempts: [{ hedgeAt: null }] });
    expect(mayHedge(job, hedging)).toBe(false);
    const single = run(exampleJob(), [1, event.claim(1)], [2, event.accepted(1)]).job;
    expect(mayHedge(single, hedging)).toBe(true);
  });

  it("is not given to another provider: its parts have tried them", () => {
    const { job, observations } = run(
      exampleJob(),
      [1, claim],
      [2, event.accepted(1)],
      [3, event.failed(1, "timeout")],
    );
    expect(job).toMatchObject({ status: "failed", error: { code: "timeout" } });
    expect(observations).toEqual([]);
  });

  it("teaches nothing about a model when it completes", () => {
    const done = run(
      exampleJob(),
      [1, claim],
      [2, event.accepted(1)],
      [3, event.succeeded(1)],
      [4, event.stored(1)],
    );
    expect(done.observations).toEqual([]);
    expect(done.job.composition?.steps.map(({ percent }) => percent)).toEqual([5, 15, 95, 100]);
  });

  it("is given up at its deadline, not before: its parts have times of their own", () => {
    const { job } = run(exampleJob(), [1, claim], [2, event.accepted(1)]);
    expect(job.attempts[0]?.timeoutAt).toBe(job.deadlineAt);
  });

  it("is counted in no budget of a provider: its parts are", () => {
    const budgets = {
      ...defaultPolicy.budgets,
      installation: { ...defaultPolicy.budgets.installation, usd: 1 },
    };
    const step = transition(exampleJob(), claim, seconds(1), { ...defaultPolicy, budgets });
    expect(step?.job.attempts[0]?.budgets).toBeUndefined();
    expect(step?.budget).toBeUndefined();
  });

  it("takes no news after its end", () => {
    const { job } = run(exampleJob(), [1, claim], [2, event.accepted(1)], [3, event.cancel()]);
    expect(transition(job, progressed([made, stored], [image]), seconds(4), defaultPolicy)).toBeNull();
  });

  it("never goes back in its percentage, even when news arrive in another order", () => {
    const late = run(
      exampleJob(),
      [1, claim],
      [2, event.accepted(1)],
      [3, progressed([stored])],
      [4, progressed([made])],
    );
    expect(late.job.composition?.steps.map(({ percent }) => percent)).toEqual([5, 15, 40, 40]);
    expect(late.job.progressPercent).toBe(40);
  });

  it("settles exactly what it held, whatever happened before its end", () => {
    const endings: readonly (readonly JobEvent[])[] = [
      [event.cancel()],
      [event.failed(1)],
      [event.succeeded(1), event.stored(1, 8)],
      [event.succeeded(1), event.stored(1, 3)],
      [event.succeeded(1), event.storeFailed(1, false)],
    ];
    for (const before of [
      [],
      [progressed([stored], [image])],
      [progressed([stored], [{ ...image, chargedCredits: 99 }])],
    ]) {
      for (const ending of endings)
        expectBalanced(exampleJob(), [claim, event.accepted(1), ...before, ...ending]);
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
