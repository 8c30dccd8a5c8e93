import { beforeEach, describe, expect, it } from "@jest/globals";
import type { CreditStore } from "../../src/engine/ports/credit-store.js";
import { grantEntry, startMs } from "./fixtures/jobs.js";

/** What every credit store owes the engine. Each test starts with an empty store. */
export function describeCreditStoreContract(
  name: string,
  open: (options: { welcomeCredits: number }) => Promise<{ credits: CreditStore }>,
): void {
  let credits: CreditStore;

  beforeEach(async () => {
    ({ credits } = await open({ welcomeCredits: 0 }));
  });

  describe(`the ${name} credit store`, () => {
    it("knows nothing of a user who never did anything", async () => {
      expect(await credits.account("ada")).toEqual({ granted: 0, balance: 0, held: 0, spent: 0 });
      expect(await credits.ledger("ada", 10)).toEqual([]);
    });

    it("applies a grant once, also when it comes ten times together", async () => {
      await Promise.all(Array.from({ length: 10 }, () => credits.grant(grantEntry(25))));
      expect(await credits.grant(grantEntry(25))).toEqual({ granted: 25, balance: 25, held: 0, spent: 0 });
      expect(await credits.ledger("ada", 10)).toEqual([grantEntry(25)]);
    });

    it("adds grants that come together", async () => {
      await Promise.all(
        Array.from({ length: 20 }, (_, index) => credits.grant(grantEntry(1, { id: `grant-${index}` }))),
      );
      expect(await credits.account("ada")).toMatchObject({ granted: 20, balance: 20 });
      expect(await credits.ledger("ada", 50)).toHaveLength(20);
    });

    it("grants on top of the welcome of a new account", async () => {
      ({ credits } = await open({ welcomeCredits: 100 }));
      expect(await credits.grant(grantEntry(25))).toMatchObject({ granted: 125, balance: 125 });
      expect(await credits.account("ada")).toMatchObject({ granted: 125 });
    });

    it("keeps an account for any user id, and reports it under that id", async () => {
      ({ credits } = await open({ welcomeCredits: 5 }));
      const uids = ["a/b", "..", "__x__", "~YQ", "a b", "ä", "a:b", "users/ada/ledger/1"];
      for (const uid of uids) await credits.grant(grantEntry(25, { uid }));
      for (const uid of uids) {
        expect(await credits.account(uid)).toMatchObject({ balance: 30 });
        const lines = await credits.ledger(uid, 10);
        expect(lines.map((line) => line.uid)).toEqual([uid, uid]);
      }
      const first = await credits.statements(3, null);
      const rest = await credits.statements(50, first.at(-1)?.uid ?? null);
      expect([...first, ...rest].map(({ uid }) => uid).sort()).toEqual([...uids].sort());
    });

    it("shows the newest lines of one user", async () => {
      for (const index of [1, 2, 3]) {
        await credits.grant(grantEntry(index, { id: `grant-${index}`, at: startMs + index }));
      }
      await credits.grant(grantEntry(9, { uid: "bob", at: startMs + 9 }));
      expect((await credits.ledger("ada", 2)).map(({ id }) => id)).toEqual(["grant-3", "grant-2"]);
    });
  });
}
