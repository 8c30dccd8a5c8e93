import { describe, expect, it } from "@jest/globals";
import { type AccountStatement, statementProblems } from "./statement.js";

const sound: AccountStatement = {
  uid: "ada",
  account: { granted: 100, balance: 70, held: 20, spent: 10 },
  ledger: { grant: 100, hold: 40, capture: 10, release: 10 },
  heldByJobs: 20,
};

describe("an account statement", () => {
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
