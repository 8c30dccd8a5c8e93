import { describe, expect, it } from "@jest/globals";
import { accepted, event, exampleJob, run } from "../__fixtures__/jobs.js";
import type { Job } from "./job.js";
import { type EarlierAttempt, upgradeJob } from "./upgrade-job.js";

const started = run(exampleJob(), ...accepted).job;
const [attempt] = started.attempts;
if (attempt === undefined) throw new Error("there is no attempt");
const running: EarlierAttempt = { ...attempt };
const composite: EarlierAttempt = { ...running, composite: { type: "scene" } };
const cancel = { id: `${started.id}:cancel:1`, type: "cancel_operation", attempt: 1 } as const;

function earlier(changes: Partial<EarlierAttempt>, job: Partial<Job> = {}) {
  return { ...started, ...job, attempts: [{ ...composite, ...changes }] };
}

describe("a job of an earlier version", () => {
  it("without parts is as it was", () => {
    expect(upgradeJob(started)).toEqual(started);
  });

  it.each([
    ["given_up", { endedAt: null }],
    ["lost", { endedAt: 7, wasted: true }],
    ["unanswered", { operation: null, costUsdMicros: null }],
    ["written_off", { operation: null, costUsdMicros: 250_000 }],
  ] as const)("has an abandoned attempt that is %s", (state, fields) => {
    const old = { ...started, attempts: [{ ...running, ...fields, state: "abandoned" as const }] };
    expect(upgradeJob(old).attempts).toEqual([{ ...running, ...fields, state }]);
  });

  it.each([
    ["starting", "queued"],
    ["ambiguous", "queued"],
    ["running", "generating"],
  ] as const)("whose parts were begun by an attempt that is %s goes on with them", (state, status) => {
    expect(upgradeJob(earlier({ state }, { status }))).toMatchObject({
      status: "generating",
      attempts: [],
      next: { step: "advance", dueAt: started.updatedAt },
      composition: { plan: { type: "scene" }, estimate: { p50Seconds: 60, costUsdMicros: 250_000 } },
    });
  });

  it("whose parts were being put together goes on with that, and knows its tries", () => {
    const trouble = { obstacle: "own_trouble", since: 5, tries: 2 } as const;
    const fields = { state: "succeeded", endedAt: 4, storeTries: 2, storeTrouble: trouble } as const;
    const next = { step: "store", dueAt: 9, attempt: 1 } as const;
    expect(upgradeJob(earlier(fields, { status: "storing", next }))).toMatchObject({
      status: "storing",
      attempts: [],
      next: { step: "store", dueAt: 9, attempt: null },
      composition: { readyAt: 4, storing: { tries: 2, trouble } },
    });
  });

  it("that was to stop its parts still has to", () => {
    const ended = run(started, [3, event.cancel()]).job;
    const job = upgradeJob(earlier({ state: "abandoned" }, { ...ended, outbox: [cancel] }));
    expect(job).toMatchObject({ status: "cancelled", next: null, attempts: [] });
    expect(job.outbox).toEqual([{ id: `${job.id}:stop_parts`, type: "stop_parts" }]);
  });
});
