import { beforeEach, describe, expect, it } from "@jest/globals";
import type { Job } from "../../src/domain/job/job.js";
import { newPart } from "../../src/domain/job/new-job.js";
import { defaultPolicy } from "../../src/domain/policy/policy.js";
import type { CreditStore } from "../../src/engine/ports/credit-store.js";
import type { JobStore } from "../../src/engine/ports/job-store.js";
import { accepted, apply, claim, create, grantEntry, startMs, videoJob } from "./fixtures/jobs.js";
import type { JobBench } from "./job-store.contract.js";

/** How every job store lists, and what is left of a deleted job. Each test starts with an empty store. */
export function describeJobListsContract(
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

    it("lists the whole and not its parts, which are looked after all the same", async () => {
      const whole = videoJob("a1");
      await createAll([whole]);
      await jobs.create(newPart(whole, "image", whole.request, defaultPolicy, startMs), null, 0);
      const { items } = await jobs.listByOwner("ada", { limit: 10 });
      expect(ids(items)).toEqual(["a1"]);
      expect(await jobs.listOpen({ limit: 10 })).toHaveLength(2);
      expect(await jobs.listDue(startMs + 15_001, 10, null)).toHaveLength(2);
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
      expect(ids(await jobs.listEnded(startMs + 31, 10, null))).toEqual(["a2", "a1"]);
      expect(ids(await jobs.listEnded(startMs + 30, 10, null))).toEqual(["a2"]);
    });

    it("goes on after the last ended job of a page, also within one millisecond", async () => {
      await createAll(["a1", "a2", "a3"].map((id) => videoJob(id)));
      await apply(jobs, "a3", { type: "cancel_requested", by: "owner" }, startMs + 20);
      for (const id of ["a2", "a1"]) {
        await apply(jobs, id, { type: "cancel_requested", by: "owner" }, startMs + 30);
      }
      const page = await jobs.listEnded(startMs + 31, 2, null);
      expect(ids(page)).toEqual(["a3", "a1"]);
      const rest = await jobs.listEnded(startMs + 31, 2, { endedAt: startMs + 30, id: "a1" });
      expect(ids(rest)).toEqual(["a2"]);
    });

    it("finds the attempt that has a generation on record, also of a job that has ended", async () => {
      const [one, two] = [videoJob("a1"), videoJob("a2")];
      await createAll([one, two]);
      await apply(jobs, "a1", claim(one));
      const operation = { videoId: "v-1", model: "runway:gen4.5" };
      expect(await jobs.findOperation("runway", [operation])).toBeNull();
      await apply(jobs, "a1", { type: "start_accepted", attempt: 1, operation });
      await apply(jobs, "a2", claim(two));
      await apply(jobs, "a2", accepted);

      const place = { jobId: "a1", attempt: 1 };
      expect(await jobs.findOperation("runway", [operation])).toEqual(place);
      // The order of a handle's fields says nothing.
      const reversed = { model: "runway:gen4.5", videoId: "v-1" };
      expect(await jobs.findOperation("runway", [{ videoId: "v-2" }, reversed])).toEqual(place);
      for (const other of [{ videoId: "v-1" }, { ...operation, model: "other" }, { videoId: "v-2" }]) {
        expect(await jobs.findOperation("runway", [other])).toBeNull();
      }
      expect(await jobs.findOperation("heygen", [operation])).toBeNull();
      expect(await jobs.findOperation("runway", [])).toBeNull();

      await apply(jobs, "a1", { type: "cancel_requested", by: "owner" });
      expect(await jobs.findOperation("runway", [operation])).toEqual(place);
      await jobs.delete("a1");
      expect(await jobs.findOperation("runway", [operation])).toBeNull();
    });

    it("lists the latest decisions over all jobs, newest first, as they were stored", async () => {
      const [one, two] = [videoJob("a1"), videoJob("a2")];
      await createAll([one, two]);
      await apply(jobs, "a1", claim(one), startMs + 10);
      await apply(
        jobs,
        "a1",
        { type: "start_refused", attempt: 1, failure: { code: "server_error" } },
        startMs + 20,
      );
      await apply(jobs, "a2", claim(two), startMs + 30);
      await apply(jobs, "a1", claim(one, 2), startMs + 40);
      const latest = await jobs.listDecisions(2);
      expect(latest.map(({ jobId, attempt, createdAt }) => [jobId, attempt, createdAt])).toEqual([
        ["a1", 2, startMs + 40],
        ["a2", 1, startMs + 30],
      ]);
      expect(latest[1]?.record).toEqual((await jobs.get("a2"))?.attempts[0]?.decision);
      expect(await jobs.listDecisions(10)).toHaveLength(3);
      await jobs.delete("a1");
      expect(await jobs.listDecisions(10)).toHaveLength(1);
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
