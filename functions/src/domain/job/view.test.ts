import { describe, expect, it } from "@jest/globals";
import { event, exampleJob, startedAt } from "../__fixtures__/jobs.js";
import { defaultPolicy } from "../policy/policy.js";
import type { JobEvent } from "./event.js";
import type { Job } from "./job.js";
import { transition } from "./transition.js";
import { providerCostUsdMicros, toView, unconfirmedCostUsdMicros } from "./view.js";

function jobAfter(...events: readonly JobEvent[]): Job {
  return events.reduce((job, happening, index) => {
    const step = transition(job, happening, startedAt + index * 1_000, defaultPolicy);
    if (step === null) throw new Error(`${happening.type} was absorbed`);
    return step.job;
  }, exampleJob());
}

const fellBack = [
  event.claim(1),
  event.accepted(1),
  event.failed(1, "processing_failed", 125_000),
  event.claim(2),
  event.accepted(2),
];

describe("what an owner sees of a job", () => {
  it("names the attempt at work, its model and what each attempt came to", () => {
    const view = toView(jobAfter(...fellBack), startedAt + 5_000);
    expect(view).toMatchObject({ status: "generating", provider: "acme", model: "acme:clip-2", error: null });
    expect(view.attempts).toMatchObject([
      { number: 1, state: "failed", error: "processing_failed", costUsd: 0.125 },
      { number: 2, state: "running", error: null, costUsd: 0.25 },
    ]);
  });

  it("names nobody while nobody works", () => {
    expect(toView(exampleJob(), startedAt)).toMatchObject({ provider: null, model: null, attempts: [] });
  });

  it("names the attempt that made the video once it is there", () => {
    const view = toView(jobAfter(...fellBack, event.succeeded(2), event.stored(2)), startedAt);
    expect(view).toMatchObject({
      status: "completed",
      model: "acme:clip-2",
      credits: { held: 0, charged: 10 },
      progress: { percent: 100 },
    });
  });

  it("never shows operations, plans, keys, prompts, decisions or the provider's own words", () => {
    const refused: JobEvent = {
      type: "operation_ended",
      attempt: 2,
      status: {
        status: "failed",
        failure: { code: "content_blocked", providerCode: "SECRET.CODE", detail: "secret detail" },
      },
    };
    const shown = JSON.stringify(toView(jobAfter(...fellBack, refused), startedAt));
    expect(shown).toContain("content_blocked");
    for (const secret of [
      "secret",
      "SECRET",
      "operation",
      "idempotencyKey",
      ":a1",
      "paper boat",
      "plan",
      "decision",
      "requestHash",
      "https://",
    ]) {
      expect(shown).not.toContain(secret);
    }
  });
});

describe("what a job cost at providers", () => {
  it("sums what was billed, and the estimate of what was accepted and not yet billed", () => {
    expect(providerCostUsdMicros(jobAfter(...fellBack))).toBe(125_000 + 250_000);
  });

  it("counts a start that was never answered, given up or not, and tells it apart", () => {
    const starting = [event.claim(1)];
    const unanswered = [...starting, event.unanswered(1)];
    for (const events of [starting, unanswered, [...unanswered, event.cancel()]]) {
      const job = jobAfter(...events);
      expect(providerCostUsdMicros(job)).toBe(250_000);
      expect(unconfirmedCostUsdMicros(job)).toBe(250_000);
    }
    for (const type of ["not_accepted", "write_off"] as const) {
      const job = jobAfter(...unanswered, event.resolved(1, { type }));
      expect(providerCostUsdMicros(job)).toBe(type === "write_off" ? 250_000 : 0);
      expect(unconfirmedCostUsdMicros(job)).toBe(0);
    }
    expect(unconfirmedCostUsdMicros(jobAfter(...fellBack))).toBe(0);
  });

  it("is nothing for starts that were turned away", () => {
    expect(providerCostUsdMicros(jobAfter(event.claim(1), event.refused(1)))).toBe(0);
  });
});
