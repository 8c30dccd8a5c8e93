import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { exampleJob } from "../__fixtures__/jobs.js";
import type { Job, JobStatus } from "../job/job.js";
import { batchJobId, nextPlace, takingPlace } from "../job/new-job.js";
import { type Batch, batchIdOf, findItem, itemChanged, newBatch } from "./batch.js";

const now = 1_000;
const keys = ["1", "2", "3"];
const batch = newBatch(
  { id: batchIdOf("owner-1", "order-1"), uid: "owner-1", type: "clips", requestHash: "00", projectId: null },
  keys,
  now,
);

/** A job of the batch, at a try of an item and in a status. */
function jobOf(key: string, number: number, status: JobStatus, changes: Partial<Job> = {}): Job {
  const place = { batchId: batch.id, key, number };
  return { ...exampleJob(), id: batchJobId(place), batch: place, status, ...changes };
}

function told(...jobs: readonly Job[]): Batch {
  return jobs.reduce((current, job) => itemChanged(current, job, now + 1) ?? current, batch);
}

describe("a new batch", () => {
  it("has the first try of every item running", () => {
    expect(batch).toMatchObject({
      status: "running",
      version: 1,
      endedAt: null,
      counts: { total: 3, running: 3, completed: 0, failed: 0, cancelled: 0 },
    });
    expect(batch.items["2"]).toEqual({
      jobId: batchJobId({ batchId: batch.id, key: "2", number: 1 }),
      tries: 1,
      status: "running",
      errorCode: null,
    });
  });

  it("finds no item under a name that every object has", () => {
    expect(findItem(batch, "constructor")).toBeNull();
    expect(findItem(batch, "toString")).toBeNull();
  });
});

describe("the status of a batch", () => {
  it.each<[string, JobStatus[]]>([
    ["running", ["completed", "failed", "storing"]],
    ["completed", ["completed", "completed", "completed"]],
    ["partly_completed", ["completed", "failed", "cancelled"]],
    ["failed", ["failed", "cancelled", "failed"]],
    ["cancelled", ["cancelled", "cancelled", "cancelled"]],
  ])("is %s when its items are %j", (status, statuses) => {
    const jobs = statuses.map((one, index) => jobOf(keys[index] ?? "", 1, one));
    const result = told(...jobs);
    expect(result.status).toBe(status);
    expect(result.endedAt).toBe(status === "running" ? null : now + 1);
  });
});

describe("what a job tells its batch", () => {
  const failed = jobOf("2", 1, "failed", {
    error: { code: "processing_failed", fault: "provider", retryable: true, message: "No." },
  });

  it("changes the one item, with its error", () => {
    const result = told(failed);
    expect(result.items["2"]).toMatchObject({ status: "failed", errorCode: "processing_failed", tries: 1 });
    expect(result.items["1"]).toBe(batch.items["1"]);
    expect(result.version).toBe(2);
  });

  it.each<[string, Job[], Job]>([
    ["the same end a second time", [failed], failed],
    ["that it still runs", [], jobOf("1", 1, "generating")],
    ["another end than the first", [failed], jobOf("2", 1, "completed")],
    ["the end of a try that was superseded", [failed, jobOf("2", 2, "queued")], jobOf("2", 1, "completed")],
    ["of an item that is not there", [], jobOf("9", 1, "failed")],
    ["as a job that took the place of another", [], jobOf("1", 1, "failed", { id: "f".repeat(24) })],
    [
      "as a job of another batch",
      [],
      jobOf("1", 1, "failed", { batch: { batchId: "b", key: "1", number: 1 } }),
    ],
    ["as a job of no batch", [], exampleJob()],
  ])("is absorbed when it is %s", (_name, before, late) => {
    expect(itemChanged(told(...before), late, now + 2)).toBeNull();
  });

  it("opens the batch again when it is a retry", () => {
    const ended = told(failed, jobOf("1", 1, "completed"), jobOf("3", 1, "completed"));
    expect(ended.status).toBe("partly_completed");
    const retried = itemChanged(ended, jobOf("2", 2, "queued"), now + 2);
    expect(retried).toMatchObject({ status: "running", endedAt: null, counts: { running: 1, failed: 0 } });
    expect(retried?.items["2"]).toMatchObject({ tries: 2, status: "running", errorCode: null });
  });

  it("counts also when the news of the start of a retry comes after its end, or never", () => {
    const ended = told(failed, jobOf("2", 2, "completed"));
    expect(ended.items["2"]).toMatchObject({ tries: 2, status: "completed" });
    expect(itemChanged(ended, jobOf("2", 2, "queued"), now + 2)).toBeNull();
  });
});

describe("a retry", () => {
  it("takes the place of the job before and owes the batch its news from the beginning", () => {
    const retry = takingPlace(exampleJob(), jobOf("2", 1, "failed"));
    expect(retry.batch).toEqual({ batchId: batch.id, key: "2", number: 2 });
    expect(retry.outbox).toEqual([{ id: `${retry.id}:tell_batch:started`, type: "tell_batch" }]);
  });
});

describe("the place of the next try", () => {
  it("comes after all that a job was started again as", () => {
    expect(nextPlace(jobOf("2", 1, "failed", { redrives: ["a", "b"] }))).toMatchObject({
      key: "2",
      number: 4,
    });
  });

  it("is nowhere for a job of no batch", () => {
    expect(nextPlace(exampleJob())).toBeNull();
    expect(takingPlace(exampleJob(), exampleJob())).not.toHaveProperty("batch");
  });
});

describe("whatever jobs tell, in any order and as often as they like", () => {
  const statuses = ["queued", "generating", "storing", "completed", "failed", "cancelled"] as const;
  const news = fc.array(
    fc.record({
      key: fc.constantFrom(...keys, "9"),
      number: fc.nat({ max: 3 }),
      status: fc.constantFrom(...statuses),
    }),
    { maxLength: 30 },
  );

  it("the counts sum to the total, tries never go back and only a newer try changes an end", () => {
    fc.assert(
      fc.property(news, (list) => {
        let current = batch;
        for (const { key, number, status } of list) {
          const next = itemChanged(current, jobOf(key, number, status), now) ?? current;
          const { total, running, completed, failed, cancelled } = next.counts;
          expect(total).toBe(keys.length);
          expect(running + completed + failed + cancelled).toBe(total);
          expect(next.status === "running").toBe(running > 0);
          expect(next.endedAt === null).toBe(running > 0);
          for (const name of keys) {
            const before = findItem(current, name);
            const later = findItem(next, name);
            expect(later?.tries).toBeGreaterThanOrEqual(before?.tries ?? 0);
            if (before?.status !== "running" && later?.tries === before?.tries) expect(later).toBe(before);
          }
          current = next;
        }
      }),
    );
  });
});
