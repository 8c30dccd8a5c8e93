import { beforeEach, describe, expect, it } from "@jest/globals";
import { BudgetExceeded, type BudgetLine } from "../../src/domain/accounting/budget.js";
import { isBalanced } from "../../src/domain/accounting/credits.js";
import {
  type Batch,
  type BatchItemStatus,
  maxBatchItems,
  newBatch,
  withItems,
} from "../../src/domain/batch/batch.js";
import { utcDay } from "../../src/domain/day.js";
import { RequestError } from "../../src/domain/errors.js";
import { holdEntry } from "../../src/domain/job/new-job.js";
import { parseRequest, requestLimits } from "../../src/domain/request/request.js";
import type { BatchStore } from "../../src/engine/ports/batch-store.js";
import type { CreditStore } from "../../src/engine/ports/credit-store.js";
import type { EndedCursor, JobStart, JobStore } from "../../src/engine/ports/job-store.js";
import { anyNumber, grantEntry, startMs, videoJob } from "./fixtures/jobs.js";

interface BatchBench {
  readonly jobs: JobStore;
  readonly batches: BatchStore;
  readonly credits: CreditStore;
}

const keys = ["1", "intro", "constructor"];

/** Jobs that hold ten credits each. */
function order(id: string, at = startMs, names = keys): { batch: Batch; starts: JobStart[] } {
  const batch = newBatch({ id, uid: "ada", type: "clips", requestHash: "00", projectId: null }, names, at);
  const starts = Object.entries(batch.items).map(([key, { jobId }]) => {
    const job = { ...videoJob(jobId, { at }), batch: { batchId: id, key, number: 1 } };
    return { job, hold: holdEntry(job) };
  });
  return { batch, starts };
}

function ended(batch: Batch, key: string, status: BatchItemStatus, at = startMs + 1_000): Batch {
  const item = batch.items[key];
  if (item === undefined) throw new Error(`no item ${key}`);
  const items = { ...batch.items, [key]: { ...item, status } };
  return { ...batch, ...withItems(items, at), version: batch.version + 1 };
}

/** What every store of batches owes the engine. Each test starts with an empty store. */
export function describeBatchStoreContract(
  name: string,
  open: (options: { welcomeCredits: number }) => Promise<BatchBench>,
): void {
  let bench: BatchBench;

  beforeEach(async () => {
    bench = await open({ welcomeCredits: 0 });
  });

  const create = ({ batch, starts }: ReturnType<typeof order>, startsPerMinute = anyNumber) =>
    bench.batches.create(batch, starts, startsPerMinute, []);

  async function refusal(promise: Promise<unknown>): Promise<unknown> {
    return promise.then(
      () => new Error("it was accepted"),
      (reason: unknown) => reason,
    );
  }

  async function expectNothing(id: string): Promise<void> {
    const { batch, starts } = order(id);
    expect(await bench.batches.get(batch.id)).toBeNull();
    for (const { job } of starts) expect(await bench.jobs.get(job.id)).toBeNull();
    expect(await bench.credits.account("ada")).toMatchObject({ held: 0 });
  }

  describe(`the ${name} batch store`, () => {
    it("writes a batch with its jobs, holds and ledger lines", async () => {
      await bench.credits.grant(grantEntry(100));
      const { batch, starts } = order("b1");
      expect(await create({ batch, starts })).toMatchObject({ batch, created: true });
      expect(await bench.batches.get("b1")).toEqual(batch);
      for (const { job } of starts) expect(await bench.jobs.get(job.id)).toEqual(job);
      const account = await bench.credits.account("ada");
      expect(account).toMatchObject({ balance: 70, held: 30 });
      expect(isBalanced(account)).toBe(true);
      expect(await bench.credits.ledger("ada", 10)).toHaveLength(4);
    });

    it("opens the account of somebody who never did anything", async () => {
      bench = await open({ welcomeCredits: 40 });
      await create(order("b1"));
      expect(await bench.credits.account("ada")).toMatchObject({ granted: 40, balance: 10, held: 30 });
    });

    it("knows nothing of a batch that is not there", async () => {
      for (const id of ["b9", "", "a/b", "__b__"]) expect(await bench.batches.get(id)).toBeNull();
      expect(await bench.batches.update("b9", (batch) => batch)).toBeNull();
    });

    it("creates one batch for one id, also when five come together", async () => {
      await bench.credits.grant(grantEntry(100));
      const results = await Promise.all(Array.from({ length: 5 }, () => create(order("b1"))));
      expect(results.filter(({ created }) => created)).toHaveLength(1);
      expect(await bench.credits.account("ada")).toMatchObject({ balance: 70, held: 30 });
    });

    it("writes nothing of a batch that the balance does not cover, and tells the sum", async () => {
      await bench.credits.grant(grantEntry(29));
      expect(await refusal(create(order("b1")))).toMatchObject({
        code: "insufficient_credits",
        details: { needed: 30, available: 29 },
      });
      await expectNothing("b1");
    });

    it("takes one of two batches that meet when the balance covers one", async () => {
      await bench.credits.grant(grantEntry(50));
      const results = await Promise.allSettled([create(order("b1")), create(order("b2"))]);
      expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      expect(await bench.credits.account("ada")).toMatchObject({ balance: 20, held: 30 });
    });

    it("counts every job as a start of its minute", async () => {
      await bench.credits.grant(grantEntry(100));
      await create(order("b1"), 5);
      expect(await refusal(create(order("b2"), 5))).toMatchObject({ code: "rate_exceeded" });
      await create(order("b2", startMs + 60_000), 5);
    });

    it.each([
      ["nothing when a budget has no room for all of it", 100, BudgetExceeded],
      ["nothing, for lack of credits, when a budget has no room either", 29, RequestError],
    ])("writes %s", async (_what, credits, refusedBy) => {
      await bench.credits.grant(grantEntry(credits));
      const { batch, starts } = order("b1");
      const line: BudgetLine = {
        scope: { type: "user", id: "ada" },
        day: utcDay(startMs),
        key: "b1",
        use: { usdMicros: 0, seconds: 0, credits: 30 },
        limit: { usdMicros: null, seconds: null, credits: 29 },
      };
      const error = await refusal(bench.batches.create(batch, starts, anyNumber, [line]));
      expect(error).toBeInstanceOf(refusedBy);
      await expectNothing("b1");
    });

    it("does not give the ledger lines of a deleted batch to another", async () => {
      await bench.credits.grant(grantEntry(100));
      const { batch, starts } = order("b1");
      await create({ batch, starts });
      for (const { job } of starts) await bench.jobs.delete(job.id);
      await bench.batches.delete("b1");
      expect(await bench.batches.get("b1")).toBeNull();
      const error = await refusal(create({ batch, starts }));
      expect(error).toBeInstanceOf(RequestError);
      expect(error).toMatchObject({ code: "already_exists" });
    });

    it("takes the largest batch there is, with the longest prompts", async () => {
      await bench.credits.grant(grantEntry(1_000));
      const names = Array.from({ length: maxBatchItems }, (_, index) => String(index + 1));
      const largest = order("b1", startMs, names);
      const prompt = "日".repeat(requestLimits.prompt);
      const starts = largest.starts.map(({ job, hold }) => ({
        job: { ...job, request: parseRequest({ kind: "text", prompt }) },
        hold,
      }));
      expect(await create({ batch: largest.batch, starts })).toMatchObject({ created: true });
      expect(await bench.jobs.get(starts[49]?.job.id ?? "")).toMatchObject({ request: { prompt } });
      expect(await bench.credits.account("ada")).toMatchObject({ balance: 500, held: 500 });
    });

    it("commits what is decided of the batch as it is", async () => {
      await bench.credits.grant(grantEntry(100));
      const { batch } = await create(order("b1"));
      const next = await bench.batches.update("b1", (current) => ended(current, "constructor", "completed"));
      expect(next).toEqual(ended(batch, "constructor", "completed"));
      expect(await bench.batches.get("b1")).toEqual(next);
    });

    it("leaves a batch alone when nothing is decided", async () => {
      await bench.credits.grant(grantEntry(100));
      const { batch } = await create(order("b1"));
      expect(await bench.batches.update("b1", () => null)).toBeNull();
      expect(await bench.batches.get("b1")).toEqual(batch);
    });

    it("loses no change of changes that come together", async () => {
      await bench.credits.grant(grantEntry(100));
      await create(order("b1"));
      await Promise.all(
        keys.map((key) => bench.batches.update("b1", (current) => ended(current, key, "completed"))),
      );
      expect(await bench.batches.get("b1")).toMatchObject({
        version: 4,
        status: "completed",
        counts: { total: 3, completed: 3, running: 0 },
      });
    });

    it("pages through an owner's batches, newest first, also within one millisecond and by type", async () => {
      await bench.credits.grant(grantEntry(1_000));
      for (const id of ["b1", "b3", "b2"]) await create(order(id));
      await create(order("b0", startMs + 1));
      const scenes = order("b4", startMs + 2);
      await create({ ...scenes, batch: { ...scenes.batch, type: "scenes" } });
      const foreign = order("b5", startMs + 3, []);
      await create({ ...foreign, batch: { ...foreign.batch, uid: "bob" } });
      const all = async (type: { type?: "clips" | "scenes" }) => {
        const seen: string[] = [];
        let token: { pageToken?: string } | null = {};
        while (token !== null) {
          const { items, nextPageToken } = await bench.batches.listByOwner("ada", {
            limit: 2,
            ...type,
            ...token,
          });
          seen.push(...items.map(({ id }) => id));
          token = nextPageToken === null ? null : { pageToken: nextPageToken };
        }
        return seen;
      };
      expect(await all({})).toEqual(["b4", "b0", "b3", "b2", "b1"]);
      expect(await all({ type: "clips" })).toEqual(["b0", "b3", "b2", "b1"]);
      expect(await all({ type: "scenes" })).toEqual(["b4"]);
      await expect(bench.batches.listByOwner("ada", { limit: 2, pageToken: "zzz" })).rejects.toMatchObject({
        code: "invalid_argument",
      });
    });

    it("lists what ended before a time, oldest first, and nothing that is open", async () => {
      await bench.credits.grant(grantEntry(1_000));
      for (const [id, at] of [
        ["b1", 3_000],
        ["b2", 1_000],
        ["b3", null],
        ["b4", 3_000],
      ] as const) {
        await create(order(id));
        if (at === null) continue;
        for (const key of keys) {
          await bench.batches.update(id, (current) => ended(current, key, "failed", startMs + at));
        }
      }
      const list = async (before: number, limit = 10, after: EndedCursor | null = null) =>
        (await bench.batches.listEnded(startMs + before, limit, after)).map(({ id }) => id);
      expect(await list(10_000)).toEqual(["b2", "b1", "b4"]);
      expect(await list(10_000, 1)).toEqual(["b2"]);
      expect(await list(3_000)).toEqual(["b2"]);
      expect(await list(10_000, 1, { endedAt: startMs + 1_000, id: "b2" })).toEqual(["b1"]);
      expect(await list(10_000, 10, { endedAt: startMs + 3_000, id: "b1" })).toEqual(["b4"]);
    });
  });
}
