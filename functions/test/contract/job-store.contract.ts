import { beforeEach, describe, expect, it } from "@jest/globals";
import { isBalanced } from "../../src/domain/accounting/credits.js";
import { RequestError } from "../../src/domain/errors.js";
import type { Job } from "../../src/domain/job/job.js";
import { newPart } from "../../src/domain/job/new-job.js";
import { defaultPolicy } from "../../src/domain/policy/policy.js";
import type { CreditStore } from "../../src/engine/ports/credit-store.js";
import type { JobStore } from "../../src/engine/ports/job-store.js";
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
} from "./fixtures/jobs.js";

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

  async function createAll(list: readonly Job[]): Promise<void> {
    await credits.grant(grantEntry(1_000));
    for (const job of list) await create(jobs, job);
  }

  describe(`creating in the ${name} job store`, () => {
    it("writes the job, its hold and its ledger line together", async () => {
      await credits.grant(grantEntry(25));
      const job = videoJob("a1");
      expect(await create(jobs, job)).toMatchObject({ job, created: true });
      expect(await jobs.get("a1")).toEqual(job);
      expect(await credits.account("ada")).toEqual({ granted: 25, balance: 15, held: 10, spent: 0 });
      expect((await credits.ledger("ada", 10)).map(({ id }) => id)).toContain("a1:hold");
    });

    it("writes a part of a job once, without a hold and without a start of the minute", async () => {
      const whole = videoJob("a1");
      const part = newPart(whole, "image", whole.request, defaultPolicy, startMs);
      expect(await jobs.create(part, null, 0)).toMatchObject({ job: part, created: true });
      expect(await jobs.create(part, null, 0)).toEqual({ job: part, created: false });
      expect(await jobs.get(part.id)).toEqual(part);
      expect(await credits.account("ada")).toEqual({ granted: 0, balance: 0, held: 0, spent: 0 });
      expect(await credits.ledger("ada", 10)).toEqual([]);
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
      expect(await create(jobs, videoJob("a3", { at: startMs + 60_000 }), 2)).toMatchObject({
        created: true,
      });
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
      const ended = await jobs.get("a1");
      expect(isBalanced(account)).toBe(true);
      expect(account.held).toBe(0);
      if (ended?.status === "completed") expect(account.spent).toBe(8);
      // The finished generation is paid for; a cancellation charges what the provider keeps of it.
      else expect(account.spent).toBe(ended?.cancellation?.chargedCredits);
      const settlements = (await credits.ledger("ada", 50)).filter(({ type }) => type === "capture");
      expect(settlements).toHaveLength(1);
    });

    it("charges a cancellation that came before the file was stored, and not the file as well", async () => {
      const job = videoJob("a1");
      await createAll([job]);
      for (const event of [claim(job), accepted, succeeded]) await apply(jobs, "a1", event);
      await apply(jobs, "a1", { type: "cancel_requested", by: "owner" });
      await apply(jobs, "a1", stored);
      expect(await jobs.get("a1")).toMatchObject({
        status: "cancelled",
        cancellation: { chargedCredits: 5 },
      });
      expect(await credits.account("ada")).toEqual({ granted: 1_000, balance: 995, held: 0, spent: 5 });
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
}
