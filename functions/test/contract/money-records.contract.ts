import { beforeEach, describe, expect, it } from "@jest/globals";
import { statementProblems } from "../../src/domain/accounting/credits.js";
import type { JobEvent } from "../../src/domain/job/event.js";
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
import type { JobBench } from "./job-store.contract.js";

const unanswered: JobEvent = { type: "start_unanswered", attempt: 1, resendable: false };

/** What administrators look money up by. Each test starts with an empty store. */
export function describeMoneyRecordsContract(
  name: string,
  open: (options: { welcomeCredits: number }) => Promise<JobBench>,
): void {
  let jobs: JobStore;
  let credits: CreditStore;

  beforeEach(async () => {
    ({ jobs, credits } = await open({ welcomeCredits: 0 }));
    await credits.grant(grantEntry(1_000));
  });

  async function perform(id: string, events: readonly JobEvent[], at = startMs): Promise<void> {
    const job = videoJob(id, { at });
    await create(jobs, job);
    for (const event of [claim(job), ...events]) await apply(jobs, id, event, at + 1_000);
  }

  describe(`unresolved starts in the ${name} job store`, () => {
    it("are found with their jobs, oldest first, until somebody resolves them", async () => {
      await perform("a2", [unanswered], startMs + 5);
      await perform("a1", [unanswered], startMs);
      await perform("a3", [accepted], startMs);
      expect((await jobs.listUnresolved(10)).map(({ id }) => id)).toEqual(["a1", "a2"]);
      expect(await jobs.listUnresolved(1)).toHaveLength(1);
      const resolved = { type: "ambiguity_resolved", attempt: 1, resolution: { type: "write_off" } } as const;
      await apply(jobs, "a1", resolved, startMs + 9_000);
      expect((await jobs.listUnresolved(10)).map(({ id }) => id)).toEqual(["a2"]);
    });

    it("are found when the job has given them up, and when it has ended", async () => {
      await perform("a1", [unanswered]);
      await apply(jobs, "a1", { type: "ambiguity_expired", attempt: 1 }, startMs + 3_000_000);
      await perform("a2", [unanswered, { type: "cancel_requested", by: "owner" }], startMs + 5);
      const found = await jobs.listUnresolved(10);
      expect(found.map(({ id, attempts }) => [id, attempts[0]?.state])).toEqual([
        ["a1", "unanswered"],
        ["a2", "ambiguous"],
      ]);
    });
  });

  describe(`costs in the ${name} job store`, () => {
    it("are those of the attempts that ended last", async () => {
      const failed: JobEvent = {
        type: "operation_ended",
        attempt: 1,
        status: { status: "failed", failure: { code: "processing_failed" }, costUsdMicros: 90_000 },
      };
      await perform("a1", [accepted, succeeded]);
      await perform("a2", [accepted, failed], startMs + 50);
      await perform("a3", [accepted], startMs + 90);
      const cost = { number: 1, provider: "runway", model: "runway:gen4.5", listedCostUsdMicros: 250_000 };
      expect(await jobs.listCosts(10)).toEqual([
        { ...cost, jobId: "a2", costUsdMicros: 90_000, wasted: true, endedAt: startMs + 1_050 },
        { ...cost, jobId: "a1", costUsdMicros: null, wasted: false, endedAt: startMs + 1_000 },
      ]);
      expect(await jobs.listCosts(1)).toHaveLength(1);
    });
  });

  describe(`account statements in the ${name} credit store`, () => {
    it("show every account beside its ledger and its jobs, page by page", async () => {
      await credits.grant(grantEntry(7, { uid: "bob" }));
      await perform("a1", [accepted, succeeded, stored]);
      await perform("a2", [accepted]);
      const [ada] = await credits.statements(1, null);
      expect(ada).toEqual({
        uid: "ada",
        account: { granted: 1_000, balance: 982, held: 10, spent: 8 },
        ledger: { grant: 1_000, hold: 20, capture: 8, release: 2 },
        heldByJobs: 10,
        isBeingDeleted: false,
      });
      const rest = await credits.statements(10, "ada");
      expect(rest).toMatchObject([{ uid: "bob", heldByJobs: 0 }]);
      for (const statement of [ada, ...rest]) {
        expect(statement === undefined ? ["missing"] : statementProblems(statement)).toEqual([]);
      }
      expect(await credits.statements(10, "bob")).toEqual([]);
    });

    it("are right at any moment while jobs come and go", async () => {
      let isOver = false;
      const traffic = (async () => {
        for (let index = 0; index < 12; index += 1) {
          await perform(`a${index}`, [accepted, succeeded, stored], startMs + index);
        }
        isOver = true;
      })();
      do {
        for (const statement of await credits.statements(10, null)) {
          expect(statementProblems(statement)).toEqual([]);
        }
      } while (!isOver);
      await traffic;
    });
  });

  describe(`grants in the ${name} credit store`, () => {
    it("can be taken back as far as the balance goes", async () => {
      await perform("a1", [accepted]);
      expect(await credits.grant(grantEntry(-990, { id: "grant-2" }))).toEqual({
        granted: 10,
        balance: 0,
        held: 10,
        spent: 0,
      });
      await expect(credits.grant(grantEntry(-1, { id: "grant-3" }))).rejects.toMatchObject({
        code: "insufficient_credits",
        message: "credits: 1 cannot be taken back, 0 are available",
      });
      expect(await credits.entry("ada", "grant-3")).toBeNull();
      expect(await credits.entry("ada", "grant-2")).toMatchObject({ credits: -990 });
    });
  });
}
