import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { applyEntry, emptyAccount, isBalanced, type LedgerEntry } from "./credits.js";

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
