import { beforeEach, describe, expect, it, jest } from "@jest/globals";
import { FieldValue, Timestamp } from "firebase-admin/firestore";
import { type MemoryLogger, memoryLogger } from "../../simulation/memory/memory-ports.js";
import { firebaseAuditLog } from "../../src/adapters/firebase/audit-log.js";
import { firebaseBatchStore } from "../../src/adapters/firebase/batch-store.js";
import { firebaseCreditStore } from "../../src/adapters/firebase/credit-store.js";
import { firebaseDeliveryStore } from "../../src/adapters/firebase/delivery-store.js";
import { firebaseJobStore } from "../../src/adapters/firebase/job-store.js";
import { firebaseNotifier } from "../../src/adapters/firebase/notifier.js";
import { firebaseSnapshotStores } from "../../src/adapters/firebase/snapshot-stores.js";
import type { Observation } from "../../src/domain/health/stats.js";
import { defaultPolicy } from "../../src/domain/policy/policy.js";
import { deliveryRecord } from "./delivery-store.contract.js";
import type { FirestoreBench } from "./fixtures/firestore-bench.js";
import { accepted, apply, claim, create, grantEntry, startMs, videoJob } from "./fixtures/jobs.js";
import { oldBatch, oldJobs } from "./fixtures/old-documents.js";

const model = "runway:gen4.5";
const success: Observation = { provider: "runway", model, outcome: { ok: true, seconds: 40 } };
const failure: Observation = { provider: "runway", model, outcome: { ok: false, code: "processing_failed" } };

/** What lies in Firestore itself: who may see it, and how often it is written. */
export function describeDocuments({ db, clear }: FirestoreBench): void {
  let log: MemoryLogger;

  beforeEach(async () => {
    await clear();
    log = memoryLogger();
  });

  describe("the documents of a job", () => {
    async function running() {
      const jobs = firebaseJobStore(db, { log });
      const job = videoJob("a1");
      await firebaseCreditStore(db).grant(grantEntry(100));
      await create(jobs, job);
      await apply(jobs, "a1", claim(job));
      await apply(jobs, "a1", accepted);
      return { jobs, job };
    }

    it("show the owner what is going on, and nothing of a provider's", async () => {
      await running();
      const document = (await db.doc("videoJobs/a1").get()).data();
      expect(document).toMatchObject({
        uid: "ada",
        status: "generating",
        provider: "runway",
        model,
        attemptCount: 1,
        attemptViews: [{ number: 1, state: "running", costUsd: 0.25 }],
      });
      expect(document).not.toHaveProperty("attempts");
      expect(JSON.stringify(document)).not.toMatch(/task-1|a1:a1|decision/);
    });

    it("keep the whole attempt apart", async () => {
      await running();
      const attempt = (await db.doc("videoJobs/a1/attempts/1").get()).data();
      expect(attempt).toMatchObject({ operation: { id: "task-1" }, idempotencyKey: "a1:a1", model });
    });

    it("are written only where something changed", async () => {
      const { jobs } = await running();
      const before = await db.doc("videoJobs/a1/attempts/1").get();
      await jobs.update("a1", (job) => ({
        job: { ...job, attempts: job.attempts.map((attempt) => ({ ...attempt })), version: job.version + 1 },
        ledger: [],
        observations: [],
      }));
      const after = await db.doc("videoJobs/a1/attempts/1").get();
      expect(after.updateTime).toEqual(before.updateTime);
    });

    it("are read again when an attempt is newer than the job it was read with", async () => {
      const { jobs } = await running();
      // A commit that lies between the two reads, frozen: the attempt is there, the job is not yet.
      await db.doc("videoJobs/a1/attempts/1").update({ jobVersion: 4, state: "failed" });
      const reading = jobs.get("a1");
      await db.doc("videoJobs/a1").update({ version: 4, status: "failed" });
      expect(await reading).toMatchObject({ version: 4, status: "failed", attempts: [{ state: "failed" }] });
    });

    it("hold no field that nobody has listed, neither when they are created nor when they change", async () => {
      const { jobs } = await running();
      const grown = { ...videoJob("a2"), added: "new" };
      await create(jobs, grown);
      await jobs.update("a1", (job) => {
        const changed = { ...job, version: job.version + 1, added: "new" };
        return { job: changed, ledger: [], observations: [] };
      });
      for (const id of ["a1", "a2"]) {
        expect((await db.doc(`videoJobs/${id}`).get()).data()).not.toHaveProperty("added");
      }
    });

    for (const { name, job, document, attempts } of oldJobs()) {
      it(`are read as the version before wrote them: ${name}`, async () => {
        const stored = db.doc(`videoJobs/${job.id}`);
        await stored.set({ ...document, unknown: "of a version to come" });
        for (const attempt of attempts)
          await stored.collection("attempts").doc(`${attempt.number}`).set(attempt);
        expect(await firebaseJobStore(db, { log }).get(job.id)).toEqual(job);
      });
    }

    it("of the first version get what it did not know", async () => {
      const { jobs } = await running();
      const attempt = db.doc("videoJobs/a1/attempts/1");
      const fields = ["hedge", "hedgeAt", "listedCostUsdMicros"];
      await attempt.update(Object.fromEntries(fields.map((field) => [field, FieldValue.delete()])));
      expect((await jobs.get("a1"))?.attempts).toMatchObject([
        { hedge: false, hedgeAt: null, listedCostUsdMicros: 250_000 },
      ]);
    });

    it("that nobody can read keep no list from the others", async () => {
      const { jobs } = await running();
      await create(jobs, videoJob("a2"));
      await db.doc("videoJobs/a1").update({ createdAt: "yesterday" });
      expect(await jobs.listDue(startMs + 1e9, 10, null)).toMatchObject([{ id: "a2" }]);
      expect(log.lines).toMatchObject([{ level: "error", event: "job.unreadable", fields: { jobId: "a1" } }]);
    });

    it("are all gone after a deletion", async () => {
      const { jobs } = await running();
      await jobs.delete("a1");
      expect((await db.doc("videoJobs/a1/attempts/1").get()).exists).toBe(false);
    });

    it("are all gone after a deletion, also an attempt that the job has forgotten", async () => {
      const { jobs } = await running();
      await db.doc("videoJobs/a1").update({ attemptCount: 0 });
      await jobs.delete("a1");
      expect((await db.collectionGroup("attempts").get()).empty).toBe(true);
    });

    it("leave what else is known of a user alone", async () => {
      await db.doc("users/ada").set({ language: "de" });
      const credits = firebaseCreditStore(db, { welcomeCredits: 5 });
      expect(await credits.grant(grantEntry(100))).toMatchObject({ granted: 105 });
      expect((await db.doc("users/ada").get()).data()).toMatchObject({
        language: "de",
        credits: { balance: 105 },
      });
    });

    it("are out of reach for an id that is a path", async () => {
      const credits = firebaseCreditStore(db);
      await credits.grant(grantEntry(7, { id: "grant-1" }));
      expect(await credits.account("ada/ledger/grant-1")).toMatchObject({ granted: 0 });
      await credits.grant(grantEntry(1, { uid: "ada/ledger/grant-1" }));
      expect(await credits.account("ada")).toMatchObject({ granted: 7 });
      expect(await credits.ledger("ada", 10)).toEqual([grantEntry(7, { id: "grant-1" })]);
      await expect(credits.grant(grantEntry(1, { id: "a/b/c" }))).rejects.toThrow("cannot be a document id");
    });
  });

  describe("the document of a batch", () => {
    it("is read as the version before wrote it, and changed without a field that nobody has listed", async () => {
      const batches = firebaseBatchStore(db);
      const { batch, commitId } = oldBatch();
      await db.doc(`batches/${batch.id}`).set({ ...batch, commitId });
      expect(await batches.get(batch.id)).toEqual(batch);
      await batches.update(batch.id, (before) => ({ ...before, version: 2, added: "new" }));
      expect((await db.doc(`batches/${batch.id}`).get()).data()).toEqual({ ...batch, commitId, version: 2 });
    });
  });

  describe("the documents of health", () => {
    let now: number;
    const openStores = () => firebaseSnapshotStores(db, { log, now: () => now });
    const shards = async () => (await db.collection("state/snapshot/shards").get()).docs;

    beforeEach(() => {
      now = startMs;
    });

    it("are not written by traffic that goes well, except for a shard now and then", async () => {
      const stores = openStores();
      for (let count = 0; count < 20; count += 1) await stores.health.record([success]);
      expect((await db.doc("state/snapshot").get()).exists).toBe(false);
      const [shard, ...others] = await shards();
      expect(others).toEqual([]);
      expect(shard?.get("models")).toEqual({ [model]: { successes: 1, failures: 0, secondsSum: 40 } });
    });

    it("get what an instance has summed up after ten seconds, with the next thing it does", async () => {
      const stores = openStores();
      await stores.health.record([success]);
      await stores.health.record([success, failure]);
      now += 10_000;
      await stores.snapshot();
      await stores.health.setProbes({}, {});
      const { stats } = (await stores.snapshot()).health;
      expect(stats[model]).toMatchObject({ successes: 2, failures: 1, secondsSum: 80 });
      expect(await shards()).toEqual([]);
    });

    it("hold the observations of all instances after a health check, each once", async () => {
      const instances = [openStores(), openStores(), openStores()];
      await Promise.all(instances.map(({ health }) => health.record([success])));
      await Promise.all(instances.map(({ health }) => health.setProbes({}, {})));
      now += 15_000;
      const { stats } = (await openStores().snapshot()).health;
      expect(stats[model]?.successes).toBeCloseTo(3, 5);
    });

    it("are read again after 15 seconds, so that every instance learns of a change", async () => {
      const here = openStores();
      const there = openStores();
      await here.snapshot();
      await there.health.setSwitch("heygen", "off");
      expect((await here.snapshot()).health.switches).toEqual({});
      expect((await there.snapshot()).health.switches).toEqual({ heygen: "off" });
      now += 15_000;
      expect((await here.snapshot()).health.switches).toEqual({ heygen: "off" });
    });

    it("are read again sooner for those who must not go by anything older", async () => {
      const here = openStores();
      await here.snapshot();
      await openStores().health.setSwitch("*", "drain");
      now += 3_000;
      expect((await here.snapshot()).health.switches).toEqual({});
      expect((await here.snapshot(3_000)).health.switches).toEqual({ "*": "drain" });
      expect((await here.snapshot()).health.switches).toEqual({ "*": "drain" });
    });

    it("open a circuit together when instances see one failure each", async () => {
      const instances = [openStores(), openStores(), openStores()];
      await Promise.all(instances.map(({ health }) => health.record([failure])));
      expect((await openStores().snapshot()).health.circuits[model]).toMatchObject({ state: "open" });
    });

    it("are not fought over when 200 successes follow one failure in the instances of a busy hour", async () => {
      const instances = [openStores(), openStores(), openStores(), openStores()];
      await instances[0]?.health.record([failure]);
      const commits = jest.spyOn(Object.getPrototypeOf(db.batch()), "commit");
      try {
        await Promise.all(
          Array.from({ length: 200 }, (_, index) => instances[index % 4]?.health.record([success])),
        );
        // Each instance writes its shard, and tries once to tell that the failure was alone.
        expect(commits.mock.calls.length).toBeLessThanOrEqual(10);
      } finally {
        commits.mockRestore();
      }
      const { circuits } = (await openStores().snapshot()).health;
      expect(circuits[model]).toMatchObject({ state: "closed", consecutiveFailures: 0 });
    });

    it("leave a circuit that is open alone", async () => {
      const stores = openStores();
      await stores.health.record([failure, failure, failure]);
      const before = await db.doc("state/snapshot").get();
      await stores.health.record([failure]);
      const after = await db.doc("state/snapshot").get();
      expect(after.updateTime).toEqual(before.updateTime);
    });

    it("fall back to the built-in policy when the stored one cannot be read, and say so", async () => {
      await openStores().health.setSwitch("heygen", "off");
      await db.doc("state/snapshot").update({ policy: { ...defaultPolicy, breaker: "none" } });
      expect(await openStores().snapshot()).toMatchObject({
        policy: defaultPolicy,
        health: { switches: { heygen: "off" } },
      });
      expect(log.lines).toMatchObject([
        { level: "error", event: "policy.unreadable", fields: { path: "breaker" } },
      ]);
    });
  });

  describe("the audit log", () => {
    it("gets a document of its own for every line", async () => {
      const audit = firebaseAuditLog(db);
      const line = {
        at: startMs,
        actor: "root",
        action: "provider.off",
        target: "runway",
        details: { before: "on", warnings: ["one"] },
      };
      await audit.write(line);
      await audit.write(line);
      const lines = await db.collection("audit").get();
      expect(lines.docs.map((document) => document.data())).toEqual([line, line]);
    });
  });

  describe("the delivery of a webhook", () => {
    it("is one document that Firestore can see the age of", async () => {
      const deliveries = firebaseDeliveryStore(db);
      for (const _ of [1, 2]) await deliveries.claim(deliveryRecord("d1"));
      const found = await db.collection("webhookDeliveries").get();
      const { id: _, expireAt, ...fields } = deliveryRecord("d1");
      expect(found.docs.map((document) => document.data())).toEqual([
        { ...fields, expireAt: Timestamp.fromMillis(expireAt) },
      ]);
    });
  });

  describe("the inbox", () => {
    it("gets one message for a job that has ended, however often it is told", async () => {
      const notifier = firebaseNotifier(db);
      const ended = { ...videoJob("a1"), status: "completed" as const, endedAt: startMs + 5 };
      await notifier.jobEnded(ended, null);
      await notifier.jobEnded({ ...ended, endedAt: startMs + 9 }, 3);
      const inbox = await db.collection("users/ada/inbox").get();
      expect(inbox.docs.map((message) => message.data())).toEqual([
        { jobId: "a1", status: "completed", message: "Your video is ready.", createdAt: startMs + 5 },
      ]);
    });

    it.each([
      [3, "Your video is ready. Only 3 credits are left."],
      [1, "Your video is ready. Only 1 credit is left."],
      [0, "Your video is ready. No credits are left."],
    ])("says that %i credits are little", async (lowBalance, message) => {
      await firebaseNotifier(db).jobEnded({ ...videoJob("a1"), status: "completed" }, lowBalance);
      expect((await db.doc("users/ada/inbox/a1").get()).data()).toMatchObject({ lowBalance, message });
    });

    it("says why a job failed in words that are safe to show", async () => {
      const error = {
        code: "content_blocked",
        fault: "moderation",
        retryable: false,
        message: "Refused.",
      } as const;
      await firebaseNotifier(db).jobEnded({ ...videoJob("a1"), status: "failed", error }, null);
      expect((await db.doc("users/ada/inbox/a1").get()).data()).toMatchObject({
        status: "failed",
        code: "content_blocked",
        message: "Refused.",
      });
    });
  });
}
