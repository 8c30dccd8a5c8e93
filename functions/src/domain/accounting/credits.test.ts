import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  type AccountStatement,
  applyEntry,
  emptyAccount,
  isBalanced,
  type LedgerEntry,
  statementProblems,
} from "./credits.js";

function entry(type: LedgerEntry["type"], credits: number): LedgerEntry {
  return { id: type, uid: "owner-1", type, credits, jobId: null, at: 0, note: "" };
}

const granted = { granted: 100, balance: 100, held: 0, spent: 0 };

describe("an account", () => {
  it("holds, captures what was used and releases the rest", () => {
    const steps = [entry("hold", 10), entry("capture", 7), entry("release", 3)];
    const end = steps.reduce((account, step) => applyEntry(account, step) ?? account, granted);
    expect(end).toEqual({ granted: 100, balance: 93, held: 0, spent: 7 });
  });

  it("refuses a hold that it does not cover", () => {
    expect(applyEntry(granted, entry("hold", 101))).toBeNull();
    expect(applyEntry(granted, entry("hold", 100))).toMatchObject({ balance: 0, held: 100 });
  });

  it("stays balanced over any sequence of grants and of holds that are settled once", () => {
    const step = fc.record({
      grant: fc.nat(50),
      hold: fc.nat(80),
      capturedFraction: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        let account = emptyAccount;
        for (const { grant, hold, capturedFraction } of steps) {
          account = applyEntry(account, entry("grant", grant)) ?? account;
          const held = applyEntry(account, entry("hold", hold));
          if (held === null) continue;
          expect(isBalanced(held)).toBe(true);
          const captured = Math.floor(hold * capturedFraction);
          const paid = applyEntry(held, entry("capture", captured)) ?? held;
          account = applyEntry(paid, entry("release", hold - captured)) ?? paid;
          expect(isBalanced(account)).toBe(true);
          expect(account.held).toBe(0);
        }
      }),
    );
  });

  it.each([
    { granted: 10, balance: 11, held: 0, spent: 0 },
    { granted: 10, balance: -1, held: 11, spent: 0 },
    { granted: 10, balance: 11, held: -1, spent: 0 },
  ])("is known to be out of balance: %j", (account) => {
    expect(isBalanced(account)).toBe(false);
  });
});

const sound: AccountStatement = {
  uid: "ada",
  account: { granted: 100, balance: 70, held: 20, spent: 10 },
  ledger: { grant: 100, hold: 40, capture: 10, release: 10 },
  heldByJobs: 20,
  isBeingDeleted: false,
};

describe("an account statement", () => {
  it("has no problem while everything of its user is being deleted: its lines are on their way", () => {
    const ledger = { grant: 0, hold: 0, capture: 0, release: 0 };
    expect(statementProblems({ ...sound, ledger })).not.toEqual([]);
    expect(statementProblems({ ...sound, ledger, isBeingDeleted: true })).toEqual([]);
  });

  it("has no problem when account, ledger and jobs agree", () => {
    expect(statementProblems(sound)).toEqual([]);
  });

  it.each<[string, Partial<AccountStatement>, RegExp]>([
    ["credits from nowhere", { account: { ...sound.account, balance: 71 } }, /granted 100 is not balance 71/],
    [
      "a negative balance",
      {
        account: { granted: 10, balance: -10, held: 20, spent: 0 },
        ledger: { grant: 10, hold: 20, capture: 0, release: 0 },
      },
      /negative/,
    ],
    ["a grant without a line", { ledger: { ...sound.ledger, grant: 90 } }, /its grants sum to 90/],
    ["a hold without a job", { heldByJobs: 0 }, /held is 20, its jobs hold 0/],
    ["a release that was lost", { ledger: { ...sound.ledger, release: 0 } }, /the ledger leaves 30/],
    ["a capture that was lost", { ledger: { ...sound.ledger, capture: 0 } }, /its captures sum to 0/],
  ])("names %s", (_name, changes, problem) => {
    expect(statementProblems({ ...sound, ...changes }).join("; ")).toMatch(problem);
  });
});
