import { beforeEach, describe, expect, it } from "@jest/globals";
import { newDeletion } from "../../src/domain/person/deletion.js";
import type { CreditStore } from "../../src/engine/ports/credit-store.js";
import type { JobStore } from "../../src/engine/ports/job-store.js";
import type { PersonStore } from "../../src/engine/ports/person-store.js";
import { create, grantEntry, startMs, videoJob } from "./fixtures/jobs.js";

interface Stores {
  readonly persons: PersonStore;
  readonly credits: CreditStore;
  readonly jobs: JobStore;
}

const deletion = newDeletion({ uid: "ada", pseudonym: "deleted-1", salt: "salt", by: "owner" }, startMs);
const stepped = { ...deletion, version: 2, dueAt: startMs + 60_000 };

/** What every store of persons owes the engine. Each test starts with empty stores. */
export function describePersonStoreContract(
  name: string,
  open: (options: { welcomeCredits: number }) => Promise<Stores>,
): void {
  let stores: Stores;

  beforeEach(async () => {
    stores = await open({ welcomeCredits: 0 });
  });

  describe(`the ${name} person store`, () => {
    it("begins one deletion of a person, whoever asks, and leaves the account as it is", async () => {
      const { persons, credits } = stores;
      await credits.grant(grantEntry(100));
      const others = [1, 2, 3].map((number) =>
        persons.begin({ ...deletion, pseudonym: `deleted-${number}` }),
      );
      const begun = new Set((await Promise.all(others)).map(({ pseudonym }) => pseudonym));
      expect(begun.size).toBe(1);
      expect((await persons.deletion("ada"))?.pseudonym).toBe([...begun][0]);
      expect(await persons.deletion("bob")).toBeNull();
      expect(await credits.account("ada")).toMatchObject({ granted: 100, balance: 100 });
    });

    it("refuses holds and grants from then on", async () => {
      const { persons, credits, jobs } = stores;
      await credits.grant(grantEntry(100));
      await persons.begin(deletion);
      await expect(create(jobs, videoJob("a1"))).rejects.toMatchObject({ code: "being_deleted" });
      await expect(credits.grant(grantEntry(5, { id: "more" }))).rejects.toMatchObject({
        code: "being_deleted",
      });
      expect(await credits.account("ada")).toMatchObject({ granted: 100, balance: 100, held: 0 });
    });

    it("lets one of several take a step, and none that has been taken", async () => {
      const { persons } = stores;
      await persons.begin(deletion);
      const steps = await Promise.all([1, 2, 3].map(() => persons.step(deletion, stepped)));
      expect(steps.filter((step) => step !== null)).toEqual([stepped]);
      expect(await persons.step(deletion, stepped)).toBeNull();
      expect(await persons.deletion("ada")).toEqual(stepped);
    });

    it("lists the deletions that are overdue", async () => {
      const { persons } = stores;
      await persons.begin(deletion);
      await persons.begin({ ...deletion, uid: "bob", dueAt: startMs - 1 });
      expect(await persons.listDue(startMs, 10)).toMatchObject([{ uid: "bob" }]);
      expect(await persons.listDue(startMs + 1, 10)).toMatchObject([{ uid: "bob" }, { uid: "ada" }]);
      expect(await persons.listDue(startMs + 1, 1)).toHaveLength(1);
    });

    it("moves account and ledger page by page to the pseudonym, and may do so twice", async () => {
      const { persons, credits } = stores;
      await credits.grant(grantEntry(100));
      for (const number of [1, 2, 3]) await credits.grant(grantEntry(number, { id: `g${number}` }));
      await persons.begin(deletion);
      for (let round = 1; round <= 2; round += 1) {
        let after: string | null = null;
        do after = await persons.copyLedger({ ...deletion, after }, 2);
        while (after !== null);
      }
      await persons.closeAccount(deletion);
      expect(await persons.deletion("ada")).toBeNull();
      expect(await credits.ledger("ada", 10)).toEqual([]);
      expect(await credits.account("deleted-1")).toMatchObject({ granted: 106 });
      const lines = await credits.ledger("deleted-1", 10);
      expect(lines.map((line) => line.credits).sort((one, other) => one - other)).toEqual([1, 2, 3, 100]);
      expect(lines.every((line) => line.uid === "deleted-1" && line.note === "")).toBe(true);
      expect(await persons.step(deletion, stepped)).toBeNull();
    });
  });
}
