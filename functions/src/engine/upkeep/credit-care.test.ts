import { describe, expect, it } from "@jest/globals";
import { caller, createWorld } from "../../../test/engine/world.js";
import { grantCredits } from "../admin/grant-credits.js";
import { reportDrift, watchDrift } from "../admin/report-drift.js";
import { checkCredits } from "./check-credits.js";

const { uid } = caller;

describe("granting credits", () => {
  it("counts once for one request, however often it comes, and is on record", async () => {
    const { deps, audit } = createWorld({ credits: 0 });
    const grant = { uid, credits: 50, note: "support case 12", requestId: "case-12" };
    await Promise.all([grantCredits(deps, "root", grant), grantCredits(deps, "root", grant)]);
    expect(await grantCredits(deps, "root", grant)).toEqual({ granted: 50, balance: 50, held: 0, spent: 0 });
    expect(await deps.credits.ledger(uid, 10)).toMatchObject([
      { id: "grant:case-12", note: "support case 12" },
    ]);
    expect(audit.lines[0]).toMatchObject({
      actor: "root",
      action: "credits.granted",
      target: uid,
      details: { credits: 50, requestId: "case-12", balance: 50 },
    });
  });

  it("refuses the same request with another amount", async () => {
    const { deps } = createWorld({ credits: 0 });
    const grant = { uid, credits: 50, note: "bought", requestId: "order-1" };
    await grantCredits(deps, "root", grant);
    await expect(grantCredits(deps, "root", { ...grant, credits: 60 })).rejects.toMatchObject({
      code: "already_exists",
      details: { credits: 50 },
    });
    expect(await deps.credits.account(uid)).toMatchObject({ balance: 50 });
  });

  it("takes back what the balance has and no more", async () => {
    const { deps } = createWorld({ credits: 30 });
    const back = { uid, credits: -31, note: "refunded", requestId: "order-1" };
    await expect(grantCredits(deps, "root", back)).rejects.toMatchObject({ code: "insufficient_credits" });
    expect(await grantCredits(deps, "root", { ...back, credits: -30 })).toMatchObject({
      balance: 0,
      granted: 0,
    });
  });
});

describe("the check of all accounts", () => {
  it("finds nothing wrong where jobs run, wait and end", async () => {
    const world = createWorld();
    await world.submit();
    await world.run(1_200);
    await world.submit();
    expect(await checkCredits(world.deps)).toEqual({ accounts: 1, violations: [] });
  });

  it("alarms for every account that its ledger and jobs do not explain, on every page", async () => {
    const world = createWorld({ credits: 0 });
    for (let index = 0; index < 230; index += 1) {
      const one = `user-${String(index).padStart(3, "0")}`;
      await grantCredits(world.deps, "root", { uid: one, credits: 10, note: "bought", requestId: "order-1" });
    }
    const { accounts } = world.database;
    const corrupt = (one: string, credits: object) => {
      const account = accounts.get(one);
      if (account !== undefined)
        accounts.set(one, { ...account, credits: { ...account.credits, ...credits } });
    };
    corrupt("user-007", { balance: 11 });
    corrupt("user-229", { balance: 5, held: 5 });
    const { accounts: looked, violations } = await checkCredits(world.deps);
    expect(looked).toBe(230);
    expect([...new Set(violations.map((violation) => violation.uid))]).toEqual(["user-007", "user-229"]);
    const alarms = world.log.lines.filter(({ event }) => event === "credits.invariant_violated");
    expect(alarms).toHaveLength(violations.length);
    expect(alarms.every(({ level }) => level === "error")).toBe(true);
    // It only reads: what is wrong is left for people to look at.
    expect(accounts.get("user-007")?.credits.balance).toBe(11);
  });
});

describe("the comparison of bills with the price table", () => {
  it("says nothing while both agree, and one line for a model that has become dearer", async () => {
    const world = createWorld();
    for (let count = 0; count < 5; count += 1) await world.submit({ providers: { only: ["runware"] } });
    await world.run(2_400);
    const report = await reportDrift(world.deps, 100);
    expect(report.attempts).toBe(5);
    expect(report.models[0]?.billed).toBe(5);
    await watchDrift(world.deps, 100);
    expect(world.log.lines.some(({ event }) => event === "price.drift")).toBe(report.models[0]?.deviates);

    for (const [id, job] of world.database.jobs) {
      const attempts = job.attempts.map((attempt) => ({
        ...attempt,
        costUsdMicros: attempt.listedCostUsdMicros * 2,
      }));
      world.database.jobs.set(id, { ...job, attempts });
    }
    await watchDrift(world.deps, 100);
    expect(world.log.lines.filter(({ event }) => event === "price.drift").at(-1)).toMatchObject({
      level: "warn",
      fields: { billed: 5, ratio: 2 },
    });
  });
});
