import { describe, expect, it } from "@jest/globals";
import { accepted, event, exampleJob, run, seconds, startedAt } from "../__fixtures__/jobs.js";
import type { Job } from "../job/job.js";
import { transition } from "../job/transition.js";
import { defaultPolicy } from "../policy/policy.js";
import { itemChanged, newBatch } from "./batch.js";
import { toBatchView } from "./view.js";

const start = { id: "b1", uid: "owner-1", type: "clips", requestHash: "00", projectId: "spot-7" } as const;
const batch = newBatch(start, ["10", "9", "intro"], startedAt);

function jobOf(key: string): Job {
  const place = { batchId: "b1", key, number: 1 };
  return { ...exampleJob(), id: batch.items[key]?.jobId ?? "", batch: place };
}

const generating = (key: string) => run(jobOf(key), ...accepted).job;
const stored = (key: string) =>
  run(jobOf(key), ...accepted, [50, event.succeeded(1)], [55, event.stored(1)]).job;

describe("the view of a batch", () => {
  it("shows its items in the order of their names, numbers as numbers", () => {
    expect(Object.keys(toBatchView(batch, [], startedAt).items)).toEqual(["9", "10", "intro"]);
  });

  it("tells of every item how it stands and what it holds", () => {
    const done = stored("9");
    const view = toBatchView(
      itemChanged(batch, done, seconds(55)) ?? batch,
      [done, generating("10")],
      seconds(62),
    );
    expect(view).toMatchObject({
      batchId: "b1",
      projectId: "spot-7",
      status: "running",
      counts: { total: 3, running: 2, completed: 1 },
      credits: { held: 10, charged: 10 },
    });
    expect(view.items["9"]).toMatchObject({
      status: "completed",
      tries: 1,
      error: null,
      job: { provider: "acme", progress: { percent: 100 }, output: { width: 1280 }, etaSeconds: 0 },
    });
    expect(view.items["10"]).toMatchObject({ status: "generating", job: { etaSeconds: 60, output: null } });
  });

  it("hides what belongs to the provider", () => {
    const view = toBatchView(batch, [generating("9")], seconds(10));
    expect(JSON.stringify(view)).not.toMatch(/secret|idempotencyKey|"plan"/);
  });

  it("waits for the slowest, as long as it is known how slow that is", () => {
    const jobs = ["9", "10", "intro"].map(generating);
    const at = (second: number) => toBatchView(batch, jobs, seconds(second)).etaSeconds;
    // Accepted at second 2, half of them take 60 seconds and nine in ten 120.
    expect(at(12)).toBe(50);
    expect(at(72)).toBe(50);
    expect(at(130)).toBeNull();
    expect(toBatchView(batch, [...jobs.slice(1), jobOf("9")], seconds(12)).etaSeconds).toBeNull();
  });

  it("counts a failed item as one that needs no more work", () => {
    const policy = { ...defaultPolicy, limits: { ...defaultPolicy.limits, maxAttempts: 1 } };
    const before = generating("9");
    const failed = transition(before, event.failed(1), seconds(30), policy)?.job ?? before;
    const view = toBatchView(itemChanged(batch, failed, seconds(30)) ?? batch, [failed], seconds(30));
    expect(view.items["9"]).toMatchObject({ status: "failed", error: { code: "processing_failed" } });
    expect(view.percent).toBeGreaterThanOrEqual(33);
  });

  it("still knows how a clip ended whose job was deleted", () => {
    const done = stored("9");
    const view = toBatchView(itemChanged(batch, done, seconds(55)) ?? batch, [], seconds(62));
    expect(view.items["9"]).toMatchObject({ status: "completed", job: null });
  });
});
