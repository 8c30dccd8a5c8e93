import { describe, expect, it } from "@jest/globals";
import { dyingProcess } from "../../../simulation/kit/intercept-calls.js";
import { scene, submitExampleScene } from "../../../test/engine/composites.js";
import { cappedPrices, livedInWorld } from "../../../test/engine/lived-in.js";
import { caller, createWorld, type World } from "../../../test/engine/world.js";
import { plainPrices } from "../../domain/__fixtures__/policies.js";
import { isBalanced, statementProblems } from "../../domain/accounting/credits.js";
import { expectedEnd } from "../../domain/person/deletion.js";
import { defaultPolicy } from "../../domain/policy/policy.js";
import { deleteUserAsAdmin, describePerson } from "../admin/delete-user.js";
import { grantCredits } from "../admin/grant-credits.js";
import { submitScenes } from "../batch/submit-batch.js";
import type { Deps } from "../deps.js";
import { submitJob } from "../job/submit.js";
import { cleanUp } from "../upkeep/clean-up.js";
import { deleteUser } from "./delete-user.js";
import { requestDeletion } from "./request-deletion.js";

const { uid } = caller;
const bob = { uid: "bob", tier: "free" };
const text = { kind: "text", prompt: "A paper boat on a river at dawn" };

/** Every document and file, as one text. */
async function everythingIn(world: World): Promise<string> {
  const { database, deps, audit: log, deliveries, notifier } = world;
  const { jobs, batches, accounts, ledgers, budgets, announcements } = database;
  const tables = [jobs, batches, accounts, budgets, deliveries.records].map((table) => [...table]);
  const lines = [...ledgers].map(([owner, ledger]) => [owner, ...ledger]);
  const files = await deps.media.list("", 10_000, null);
  const snapshot = await deps.snapshot();
  return JSON.stringify([tables, lines, [...announcements], files, snapshot, log.lines, notifier.ended]);
}

async function expectForgotten(world: World, ids: readonly string[]): Promise<void> {
  const everything = await everythingIn(world);
  expect(ids.length).toBeGreaterThan(4);
  for (const trace of [uid, ...ids]) expect(everything).not.toContain(trace);
  expect(everything).toContain("bob");
}

const untilOver = 3 * 3_600;

describe("the deletion of a user", () => {
  it("leaves no document and no file that names the person or anything of theirs", async () => {
    const { world, ids } = await livedInWorld();
    expect(await everythingIn(world)).toContain(uid);
    await requestDeletion(world.deps, uid, "owner");
    await world.run(untilOver);
    await expectForgotten(world, ids);
    expect(world.deps.signIns).toMatchObject({ ended: expect.arrayContaining([uid]) });
  });

  it("stops what is under way first, and settles it like any cancellation", async () => {
    const { world } = await livedInWorld();
    const before = await world.deps.credits.account(uid);
    expect(before.held).toBeGreaterThan(0);
    await requestDeletion(world.deps, uid, "owner");
    await world.run(300);
    const after = await world.deps.credits.account(uid);
    expect(after).toMatchObject({ held: 0, granted: before.granted });
    expect(await world.deps.jobs.listAllOf(uid, 100, null)).toEqual([]);
    await world.run(untilOver);
    const paid = world.paidStarts().length;
    await world.run(3_600);
    expect(world.paidStarts()).toHaveLength(paid);
  });

  it("keeps the money: the same account and ledger, under a name that tells nothing", async () => {
    const { world } = await livedInWorld();
    const { pseudonym } = await requestDeletion(world.deps, uid, "owner");
    await world.run(300);
    const before = await world.deps.credits.account(uid);
    const lines = await world.deps.credits.ledger(uid, 1_000);
    await world.run(untilOver);
    const statements = await world.deps.credits.statements(100, null);
    expect(statements.flatMap(statementProblems)).toEqual([]);
    const kept = statements.find((statement) => statement.uid === pseudonym);
    expect(kept?.account).toEqual(before);
    expect(isBalanced(before)).toBe(true);
    const anonymous = await world.deps.credits.ledger(pseudonym, 1_000);
    const amounts = (ledger: typeof lines) =>
      ledger.map(({ type, credits, at }) => `${at} ${type} ${credits}`);
    expect(amounts(anonymous).sort()).toEqual(amounts(lines).sort());
    expect(new Set(anonymous.map(({ note }) => note))).toEqual(new Set([""]));
  });

  it("keeps what administrators did, without the person", async () => {
    const { world } = await livedInWorld();
    const { pseudonym } = await deleteUserAsAdmin(world.deps, "root", uid);
    await world.run(untilOver);
    expect(
      world.audit.lines.map(({ actor, action, target, details }) => [actor, action, target, details]),
    ).toEqual([
      ["root", "credits.granted", pseudonym, { credits: 500, balance: expect.any(Number) }],
      ["root", "ambiguous.attach", pseudonym, {}],
      ["root", "job.redriven", pseudonym, { credits: 3 }],
      [pseudonym, "policy.published", "policy/7", { version: 7 }],
      ["root", "person.deletion_requested", pseudonym, {}],
    ]);
  });

  it("finds what was written about jobs that the clean-up has removed since", async () => {
    const { world, ids } = await livedInWorld();
    await world.run(7_200);
    await cleanUp(world.deps, { olderThanDays: 0, dryRun: false });
    expect(await everythingIn(world)).toMatch(/[0-9a-f]{24}\/1"/);
    await requestDeletion(world.deps, uid, "owner");
    await world.run(untilOver);
    await expectForgotten(world, ids);
  });

  it("takes no start, no batch and no grant while it is under way", async () => {
    const { world } = await livedInWorld();
    await requestDeletion(world.deps, uid, "owner");
    const refused = { code: "being_deleted" };
    for (let minutes = 0; minutes < 3; minutes += 1) {
      await expect(world.submit()).rejects.toMatchObject(refused);
      await expect(submitExampleScene(world)).rejects.toMatchObject(refused);
      await expect(submitScenes(world.deps, caller, { scenes: { "1": scene.scene } })).rejects.toMatchObject(
        refused,
      );
      const grant = { uid, credits: 5, note: "more", requestId: "g2" };
      await expect(grantCredits(world.deps, "root", grant)).rejects.toMatchObject(refused);
      await world.run(60);
    }
    expect((await submitJob(world.deps, bob, text)).job.status).toBe("queued");
  });

  it("asked for again goes on as it is, and ends when it said", async () => {
    const { world } = await livedInWorld();
    const first = await requestDeletion(world.deps, uid, "owner");
    await world.run(600);
    const again = await requestDeletion(world.deps, uid, "account");
    expect(again).toMatchObject({ pseudonym: first.pseudonym, by: "owner" });
    await world.run((expectedEnd(first) - world.now()) / 1_000 + 120);
    expect(await world.deps.persons.deletion(uid)).toBeNull();
  });

  it("of somebody of whom nothing is kept ends as well, and leaves nothing", async () => {
    const world = createWorld({ credits: 0 });
    await requestDeletion(world.deps, "nobody", "account");
    await world.run(untilOver);
    expect(await everythingIn(world)).not.toContain("nobody");
    expect(world.database.accounts.size).toBe(0);
  });

  it("goes on when its tasks are lost, again and again", async () => {
    const { world, ids } = await livedInWorld();
    await requestDeletion(world.deps, uid, "owner");
    for (let minutes = 0; minutes < 240; minutes += 1) {
      world.loseTasks();
      await world.run(60);
    }
    await expectForgotten(world, ids);
  });

  it("waits for no administrator where a start was never answered", async () => {
    const policy = { ...plainPrices, ambiguous: { ...defaultPolicy.ambiguous, action: "wait" as const } };
    const world = createWorld({ policy, faults: ["runway:lost*1"] });
    await world.submit({ providers: { only: ["runway"] } });
    await world.run(60);
    expect([...world.database.jobs.values()][0]?.attempts[0]?.state).toBe("ambiguous");
    await requestDeletion(world.deps, uid, "owner");
    await world.run(untilOver);
    expect(await everythingIn(world)).not.toContain(uid);
  });

  it("also finds what a function writes that was held up since before it", async () => {
    const { world, ids } = await livedInWorld();
    const [held] = await world.deps.jobs.listAllOf(uid, 1, null);
    await requestDeletion(world.deps, uid, "owner");
    await world.run(1_800);
    if (held === undefined) throw new Error("there is no job");
    const part = { ...held, id: "0123456789abcdef01234567", partOf: { jobId: held.id, name: "video" } };
    await world.deps.jobs.create(part, null, 0);
    await world.run(untilOver);
    await expectForgotten(world, [...ids, part.id]);
  });

  it.each(["a/b", "..", "__x__", "~YQ", "ä b", "owner:1", "\ud800"])(
    "works for the uid %j",
    async (strange) => {
      const world = createWorld({ policy: cappedPrices });
      await submitJob(world.deps, { uid: strange, tier: "free" }, text);
      await world.run(600);
      await requestDeletion(world.deps, strange, "owner");
      await world.run(untilOver);
      expect([...world.database.jobs.values(), ...world.database.batches.values()]).toEqual([]);
      expect(await world.deps.media.list("", 100, null)).toEqual([]);
      expect([...world.database.accounts.keys()].every((name) => name.startsWith("deleted-"))).toBe(true);
      expect(world.database.budgets.size).toBe(0);
    },
  );
});

describe("a dry run", () => {
  it("counts what there is, and writes nothing", async () => {
    const { world } = await livedInWorld();
    const before = await everythingIn(world);
    const { documents, files, bytes } = await describePerson(world.deps, uid);
    expect(await everythingIn(world)).toBe(before);
    const own = [...world.database.jobs.values()].filter((job) => job.uid === uid);
    expect(documents).toEqual({
      jobs: own.length,
      attempts: own.reduce((sum, { attempts }) => sum + attempts.length, 0),
      batches: 2,
      ledgerLines: (await world.deps.credits.ledger(uid, 1_000)).length,
      inboxMessages: 4,
      webhookDeliveries: 1,
      budgets: 1,
      auditLines: 4,
      policies: 0,
    });
    const listed = await world.deps.media.list("", 10_000, null);
    const theirs = listed.filter(({ path }) => path.includes(uid));
    expect(files).toBe(theirs.length);
    expect(bytes).toBe(theirs.reduce((sum, file) => sum + file.bytes, 0));
    expect(files).toBeGreaterThan(4);
  });
});

describe("a deletion whose process dies", () => {
  /** Deletes in a process that dies at its nth call, and then in one that lives. */
  async function deleteWithDeath(atCall: number, when: "before" | "after") {
    const world = createWorld({ policy: cappedPrices });
    await submitJob(world.deps, bob, text);
    await submitExampleScene(world, { imageAccess: "private" });
    await world.run(300);
    const { id: batchId } = await submitScenes(world.deps, caller, { scenes: { "1": scene.scene } });
    await world.run(30);
    const ids = [...(await world.deps.jobs.listAllOf(uid, 100, null)).map(({ id }) => id), batchId];
    const doomed = dyingProcess(world.deps, { atCall, when });
    const isDead = await Promise.race([doomed.died.then(() => true), live(world, doomed.deps)]);
    if ((await world.deps.persons.deletion(uid)) !== null || !isDead) await world.run(untilOver);
    else {
      await requestDeletion(world.deps, uid, "owner");
      await world.run(untilOver);
    }
    return { world, ids, isDead, calls: doomed.calls() };
  }

  async function live(world: World, deps: Deps): Promise<false> {
    await requestDeletion(deps, uid, "owner");
    for (;;) {
      const deletion = await world.deps.persons.deletion(uid);
      if (deletion === null) return false;
      if (world.now() < deletion.dueAt) await world.run((deletion.dueAt - world.now()) / 1_000 - 0.001);
      world.advance(0.001);
      await deleteUser(deps, uid);
    }
  }

  it.each(["before", "after"] as const)(
    "%s any of its calls is finished by the next, and leaves nothing",
    async (when) => {
      const { calls } = await deleteWithDeath(Number.POSITIVE_INFINITY, when);
      expect(calls).toBeGreaterThan(60);
      for (let atCall = 1; atCall <= calls; atCall += 1) {
        const { world, ids, isDead } = await deleteWithDeath(atCall, when);
        expect({ atCall, isDead }).toEqual({ atCall, isDead: true });
        await expectForgotten(world, ids);
        const statements = await world.deps.credits.statements(100, null);
        expect(statements.flatMap(statementProblems)).toEqual([]);
      }
    },
    240_000,
  );
});
