import { beforeEach, describe, expect, it } from "@jest/globals";
import { isBalanced } from "../../domain/credits.js";
import { RequestError } from "../../domain/errors.js";
import type { Job } from "../../domain/job.js";
import type { CreditStore, JobStore } from "../../engine/ports.js";
import {
  accepted,
  apply,
  claim,
  create,
  grantEntry,
  startMs,
  stored,
  succeeded,
  videoJob,
} from "./__fixtures__/jobs.js";

export interface JobBench {
  readonly jobs: JobStore;
  readonly credits: CreditStore;
}

/** What every job store owes the engine. Each test starts with an empty store. */
export function describeJobStoreContract(
  name: string,
  open: (options: { welcomeCredits: number }) => Promise<JobBench>,
): void {
  let jobs: JobStore;
  let credits: CreditStore;

  beforeEach(async () => {
    ({ jobs, credits } = await open({ welcomeCredits: 0 }));
  });

  const ids = (list: readonly Job[]) => list.map((job) => job.id);

  async function createAll(list: readonly Job[]): Promise<void> {
    await credits.grant(grantEntry(1_000));
    for (const job of list) await create(jobs, job);
  }

  describe(`creating in the ${name} job store`, () => {
    it("writes the job, its hold and its ledger line together", async () => {
      await credits.grant(grantEntry(25));
      const job = videoJob("a1");
      expect(await create(jobs, job)).toEqual({ job, created: true });
      expect(await jobs.get("a1")).toEqual(job);
      expect(await credits.account("ada")).toEqual({ granted: 25, balance: 15, held: 10, spent: 0 });
      expect((await credits.ledger("ada", 10)).map(({ id }) => id)).toContain("a1:hold");
    });

    it("returns the job that has the id already, and holds nothing more", async () => {
      await credits.grant(grantEntry(25));
      const first = videoJob("a1");
      await create(jobs, first);
      const second = videoJob("a1", { seconds: 2, at: startMs + 5 });
      expect(await create(jobs, second)).toEqual({ job: first, created: false });
      expect(await credits.account("ada")).toMatchObject({ held: 10 });
    });

    it("refuses what the balance does not cover, and then nothing is written", async () => {
      await credits.grant(grantEntry(9));
      await expect(create(jobs, videoJob("a1"))).rejects.toMatchObject({
        code: "insufficient_credits",
        details: { needed: 10, available: 9 },
      });
      expect(await jobs.get("a1")).toBeNull();
      expect(await credits.account("ada")).toEqual({ granted: 9, balance: 9, held: 0, spent: 0 });
      expect(await credits.ledger("ada", 10)).toHaveLength(1);
    });

    it("refuses one start too many in a minute, and says when the next is possible", async () => {
      await credits.grant(grantEntry(100));
      await create(jobs, videoJob("a1", { at: startMs + 1_000 }), 2);
      await create(jobs, videoJob("a2", { at: startMs + 2_000 }), 2);
      await expect(create(jobs, videoJob("a3", { at: startMs + 3_000 }), 2)).rejects.toMatchObject({
        code: "rate_exceeded",
        details: { retryAt: startMs + 60_000 },
      });
      expect(await create(jobs, videoJob("a3", { at: startMs + 60_000 }), 2)).toMatchObject({ created: true });
    });

    it("accepts one of 20 that arrive together with credits for one", async () => {
      await credits.grant(grantEntry(10));
      const results = await Promise.allSettled(
        Array.from({ length: 20 }, (_, index) => create(jobs, videoJob(`a${index}`))),
      );
      const refused = results.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
      expect(refused).toHaveLength(19);
      for (const reason of refused) {
        expect(reason).toBeInstanceOf(RequestError);
        expect(reason).toMatchObject({ code: "insufficient_credits" });
      }
      expect(await credits.account("ada")).toEqual({ granted: 10, balance: 0, held: 10, spent: 0 });
      expect(await jobs.listOpen({ limit: 50 })).toHaveLength(1);
    });

    it("creates a job once when the same request arrives ten times together", async () => {
      await credits.grant(grantEntry(100));
      const results = await Promise.all(Array.from({ length: 10 }, () => create(jobs, videoJob("a1"))));
      expect(results.filter(({ created }) => created)).toHaveLength(1);
      expect(await credits.account("ada")).toMatchObject({ held: 10 });
    });

    it("welcomes a new account once, however many starts come first", async () => {
      ({ jobs, credits } = await open({ welcomeCredits: 50 }));
      expect(await credits.account("ada")).toMatchObject({ granted: 50, balance: 50 });
      await Promise.all(Array.from({ length: 5 }, (_, index) => create(jobs, videoJob(`a${index}`))));
      expect(await credits.account("ada")).toEqual({ granted: 50, balance: 0, held: 50, spent: 0 });
      const welcomes = (await credits.ledger("ada", 50)).filter(({ id }) => id === "welcome");
      expect(welcomes).toMatchObject([{ type: "grant", credits: 50 }]);
    });

    it("does not give away a second video under the id of a deleted one", async () => {
      await createAll([videoJob("a1")]);
      await apply(jobs, "a1", { type: "cancel_requested", by: "owner" });
      await jobs.delete("a1");
      await expect(create(jobs, videoJob("a1"))).rejects.toMatchObject({ code: "already_exists" });
      expect(await credits.account("ada")).toMatchObject({ balance: 1_000, held: 0 });
    });

    it("keeps what was written from being changed through what it returns", async () => {
      await createAll([videoJob("a1")]);
      const read = await jobs.get("a1");
      try {
        Object.assign(read?.request ?? {}, { prompt: "changed" });
      } catch {
        // A store may also refuse the change.
      }
      expect(await jobs.get("a1")).toMatchObject({ request: { prompt: "A lighthouse in the rain" } });
    });
  });

  describe(`updating in the ${name} job store`, () => {
    it("carries a job with its attempts from start to settlement", async () => {
      const job = videoJob("a1");
      await createAll([job]);
      for (const event of [claim(job), accepted, succeeded, stored]) {
        const transition = await apply(jobs, "a1", event);
        expect(await jobs.get("a1")).toEqual(transition?.job);
      }
      expect(await jobs.get("a1")).toMatchObject({
        status: "completed",
        version: 5,
        attempts: [{ number: 1, state: "succeeded", operation: { id: "task-1" }, model: "runway:gen4.5" }],
      });
      expect(await credits.account("ada")).toEqual({ granted: 1_000, balance: 992, held: 0, spent: 8 });
    });

    it("returns null for an absorbed event and for a job that is not there", async () => {
      await createAll([videoJob("a1")]);
      expect(await apply(jobs, "a1", accepted)).toBeNull();
      expect(await apply(jobs, "nobody", { type: "cancel_requested", by: "owner" })).toBeNull();
      expect(await jobs.get("nobody")).toBeNull();
      expect(await jobs.get("no/body")).toBeNull();
    });

    it("applies 20 changes that come together one after another", async () => {
      await createAll([videoJob("a1")]);
      const results = await Promise.all(
        Array.from({ length: 20 }, () =>
          jobs.update("a1", (job) => ({
            job: { ...job, version: job.version + 1, progressPercent: job.progressPercent + 1 },
            ledger: [],
            observations: [],
          })),
        ),
      );
      const versions = results.map((result) => result?.job.version ?? 0).sort((a, b) => a - b);
      expect(versions).toEqual(Array.from({ length: 20 }, (_, index) => index + 2));
      expect(await jobs.get("a1")).toMatchObject({ version: 21, progressPercent: 20 });
    });

    it("lets one of ten claims have the start", async () => {
      const job = videoJob("a1");
      await createAll([job]);
      const results = await Promise.all(Array.from({ length: 10 }, () => apply(jobs, "a1", claim(job))));
      expect(results.filter((result) => result !== null)).toHaveLength(1);
      expect((await jobs.get("a1"))?.attempts).toHaveLength(1);
    });

    it("settles once when cancellation and completion meet", async () => {
      const job = videoJob("a1");
      await createAll([job]);
      for (const event of [claim(job), accepted, succeeded]) await apply(jobs, "a1", event);
      await Promise.all([
        apply(jobs, "a1", stored),
        apply(jobs, "a1", { type: "cancel_requested", by: "owner" }),
        apply(jobs, "a1", stored),
      ]);
      const account = await credits.account("ada");
      expect(isBalanced(account)).toBe(true);
      expect(account.held).toBe(0);
      const ended = await jobs.get("a1");
      expect(account.spent).toBe(ended?.status === "completed" ? 8 : 0);
    });

    it("books a ledger line at most once", async () => {
      const job = videoJob("a1");
      await createAll([job]);
      const line = { ...grantEntry(10, { id: "a1:release" }), type: "release" as const };
      for (let repetition = 0; repetition < 2; repetition += 1) {
        await jobs.update("a1", (now) => ({
          job: { ...now, version: now.version + 1 },
          ledger: [line],
          observations: [],
        }));
      }
      expect(await credits.account("ada")).toEqual({ granted: 1_000, balance: 1_000, held: 0, spent: 0 });
    });
  });

  describe(`watching in the ${name} job store`, () => {
    it("tells of the job now, after each change and when it is gone, until it is stopped", async () => {
      await createAll([videoJob("a1")]);
      const seen: (string | undefined)[] = [];
      let told = () => {};
      const stop = jobs.watch("a1", (job) => {
        seen.push(job?.status);
        told();
      });
      const until = (length: number) =>
        new Promise<void>((resolve) => {
          told = () => {
            if (seen.length >= length) resolve();
          };
          told();
        });
      await until(1);
      await apply(jobs, "a1", { type: "cancel_requested", by: "owner" });
      await until(2);
      await jobs.delete("a1");
      await until(3);
      stop();
      expect(seen).toEqual(["queued", "cancelled", undefined]);
    });
  });

  describe(`lists of the ${name} job store`, () => {
    it("pages through an owner's jobs, newest first, also within one millisecond", async () => {
      await credits.grant(grantEntry(1_000, { uid: "bob" }));
      await create(jobs, videoJob("b1", { uid: "bob" }));
      await createAll(["a1", "a2", "a3", "a4"].map((id) => videoJob(id)));
      await create(jobs, videoJob("a5", { at: startMs + 1 }));
      const seen: string[] = [];
      let pageToken: string | undefined;
      do {
        const page = await jobs.listByOwner("ada", {
          limit: 2,
          ...(pageToken === undefined ? {} : { pageToken }),
        });
        seen.push(...ids(page.items));
        pageToken = page.nextPageToken ?? undefined;
      } while (pageToken !== undefined);
      expect(seen).toEqual(["a5", "a4", "a3", "a2", "a1"]);
    });

    it("lists an owner's jobs of one status, with no further page after the last", async () => {
      await createAll([videoJob("a1"), videoJob("a2")]);
      await apply(jobs, "a2", { type: "cancel_requested", by: "owner" });
      const page = await jobs.listByOwner("ada", { limit: 1, status: "cancelled" });
      expect(page).toMatchObject({ items: [{ id: "a2" }], nextPageToken: null });
    });

    it("refuses a page token that it did not give", async () => {
      for (const pageToken of ["", "nonsense", Buffer.from('["x"]').toString("base64url")]) {
        await expect(jobs.listByOwner("ada", { limit: 1, pageToken })).rejects.toMatchObject({
          code: "invalid_argument",
        });
      }
    });

    it("lists due jobs in the order of their time and goes on after a cursor", async () => {
      await createAll([
        videoJob("a3", { at: startMs + 1 }),
        videoJob("a2"),
        videoJob("a1"),
        videoJob("a4", { at: startMs + 2 }),
      ]);
      const dueAt = startMs + 15_001;
      expect(ids(await jobs.listDue(dueAt, 2, null))).toEqual(["a1", "a2"]);
      const rest = await jobs.listDue(dueAt, 2, { checkAt: startMs + 15_000, jobId: "a2" });
      expect(ids(rest)).toEqual(["a3"]);
    });

    it("lists open jobs, oldest first, with their attempts", async () => {
      const running = videoJob("a2", { at: startMs + 1 });
      await createAll([running, videoJob("a1"), videoJob("a3")]);
      await apply(jobs, "a2", claim(running));
      await apply(jobs, "a2", accepted);
      await apply(jobs, "a3", { type: "cancel_requested", by: "owner" });
      expect(ids(await jobs.listOpen({ limit: 10 }))).toEqual(["a1", "a2"]);
      expect(ids(await jobs.listOpen({ limit: 1 }))).toEqual(["a1"]);
      expect(await jobs.listOpen({ status: "generating", limit: 10 })).toMatchObject([
        { id: "a2", attempts: [{ state: "running" }] },
      ]);
      expect(await jobs.listOpen({ status: "cancelled", limit: 10 })).toEqual([]);
    });

    it("lists jobs that ended before a time, and none that is open", async () => {
      await createAll([videoJob("a1"), videoJob("a2"), videoJob("a3")]);
      await apply(jobs, "a2", { type: "cancel_requested", by: "owner" }, startMs + 20);
      await apply(jobs, "a1", { type: "cancel_requested", by: "owner" }, startMs + 30);
      expect(ids(await jobs.listEnded(startMs + 31, 10))).toEqual(["a2", "a1"]);
      expect(ids(await jobs.listEnded(startMs + 30, 10))).toEqual(["a2"]);
    });

    it("deletes a job with its attempts and keeps its ledger lines", async () => {
      const job = videoJob("a1");
      await createAll([job]);
      await apply(jobs, "a1", claim(job));
      await jobs.delete("a1");
      await jobs.delete("a1");
      expect(await jobs.get("a1")).toBeNull();
      expect((await credits.ledger("ada", 10)).map(({ id }) => id)).toContain("a1:hold");
    });
  });
}
