import { describe, expect, it } from "@jest/globals";
import { createWorld, type World } from "../../../test/engine/world.js";
import { plainPrices } from "../../domain/__fixtures__/policies.js";
import { defaultPolicy, type Policy } from "../../domain/policy/policy.js";
import { builtInPolicy } from "../../domain/policy/publication.js";
import { publishPolicy, rollBackPolicy, setShadow } from "./manage-policy.js";
import { dryRunPolicy, readPolicy } from "./read-policy.js";

/** Lets nobody but the last vendor of the built-in order win, as long as it can. */
const upsideDown: Policy = {
  ...defaultPolicy,
  profiles: { ...defaultPolicy.profiles, balanced: onlyPriority() },
  priorities: { heygen: 10, runway: 9, runware: 1 },
};
/** Another policy, without an opinion of its own. */
const patient: Policy = { ...defaultPolicy, limits: { ...defaultPolicy.limits, deadlineSeconds: 7_200 } };

function onlyPriority() {
  return { health: 0, priority: 1, quality: 0, cost: 0, latency: 0, load: 0, preference: 0 };
}

function publish(world: World, policy: unknown, acceptWarnings = true) {
  return publishPolicy(world.deps, "root", { policy, note: "because", acceptWarnings });
}

const live = async (world: World) => (await world.deps.snapshot()).policy;
const actions = (world: World) =>
  world.audit.lines.map(({ actor, action, target }) => [actor, action, target]);

async function startVideos(world: World, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) await world.submit();
  await world.runDue();
}

describe("publishing a policy", () => {
  it("puts it into force for the next decision, under the next number", async () => {
    const world = createWorld();
    const before = await world.submit();
    await world.runDue();
    expect((await world.job(before.id)).attempts[0]?.provider).not.toBe("runware");
    const { published } = await publish(world, { ...upsideDown, version: 99 });
    expect(published).toMatchObject({ policy: { version: 1 }, author: "root", note: "because", replaces: 0 });
    const after = await world.submit();
    await world.runDue();
    const [attempt] = (await world.job(after.id)).attempts;
    expect(attempt).toMatchObject({ provider: "runware", decision: { decision: { policyVersion: 1 } } });
    expect(world.audit.lines).toMatchObject([
      {
        actor: "root",
        action: "policy.published",
        target: "policy/1",
        details: { replaces: 0, note: "because" },
      },
    ]);
  });

  it("keeps every version, newest first, down to the built-in one", async () => {
    const world = createWorld();
    await publish(world, upsideDown);
    await publish(world, defaultPolicy);
    const { live: policy, versions, shadow } = await readPolicy(world.deps, { versions: 10, decisions: 10 });
    expect(policy).toEqual({ ...defaultPolicy, version: 2 });
    expect(versions.map((one) => [one.policy.version, one.replaces])).toEqual([
      [2, 1],
      [1, 0],
      [0, null],
    ]);
    expect(versions.at(-1)).toEqual(builtInPolicy);
    expect(shadow).toBeNull();
  });

  it("needs a second word when common requests would find nobody, and changes nothing until then", async () => {
    const world = createWorld();
    for (const provider of ["runway", "runware"]) await world.deps.health.setSwitch(provider, "off");
    await expect(publish(world, patient, false)).rejects.toMatchObject({
      code: "invalid_argument",
      message: expect.stringContaining("acceptWarnings: must be true"),
      details: {
        warnings: expect.arrayContaining([
          expect.stringMatching(/^Nobody could make text at 16:9: provider_off/),
        ]),
      },
    });
    expect((await live(world)).version).toBe(0);
    expect(world.audit.lines).toEqual([]);
    const { warnings } = await publish(world, patient);
    expect(warnings.length).toBeGreaterThan(0);
    expect((await live(world)).version).toBe(1);
  });

  it("refuses a policy that is not whole, and changes nothing", async () => {
    const world = createWorld();
    await expect(publish(world, { ...defaultPolicy, priorities: { nobody: 1 } })).rejects.toMatchObject({
      code: "invalid_argument",
      details: { fields: [{ path: "priorities.nobody" }] },
    });
    expect((await live(world)).version).toBe(0);
    expect(world.audit.lines).toEqual([]);
  });

  it("by two administrators at once gives one of them the number and tells the other", async () => {
    const world = createWorld();
    const together = await Promise.allSettled([publish(world, upsideDown), publish(world, defaultPolicy)]);
    expect(together.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(world.audit.lines).toHaveLength(1);
  });
});

describe("rolling back", () => {
  it("puts back what the live policy replaced, as a new version, and audits it", async () => {
    const world = createWorld();
    await publish(world, upsideDown);
    await publish(world, patient);
    const { published, warnings } = await rollBackPolicy(world.deps, "root", "too slow");
    expect(published).toMatchObject({
      policy: { ...upsideDown, version: 3 },
      replaces: 2,
      note: "too slow",
    });
    expect(warnings).toEqual([]);
    expect(await live(world)).toEqual({ ...upsideDown, version: 3 });
    expect(world.audit.lines.at(-1)).toMatchObject({
      action: "policy.rolled_back",
      target: "policy/3",
      details: { replaces: 2, restores: 1 },
    });
  });

  it("reaches the built-in policy, and a second step undoes the first", async () => {
    const world = createWorld();
    await publish(world, upsideDown);
    await rollBackPolicy(world.deps, "root", "back");
    expect(await live(world)).toEqual({ ...defaultPolicy, version: 2 });
    await rollBackPolicy(world.deps, "root", "and forth");
    expect(await live(world)).toEqual({ ...upsideDown, version: 3 });
  });

  it("says so when there is nothing to go back to", async () => {
    const world = createWorld();
    await expect(rollBackPolicy(world.deps, "root", "back")).rejects.toThrow("nothing to go back to");
    expect(world.audit.lines).toEqual([]);
  });
});

describe("a dry run", () => {
  it("tells what a draft would have changed in the latest decisions, and changes nothing", async () => {
    const world = createWorld();
    await startVideos(world, 4);
    const paid = world.paidStarts().length;
    const run = await dryRunPolicy(world.deps, { policy: upsideDown, decisions: 3 });
    expect(run).toMatchObject({ replayed: 3, altered: 0, warnings: [] });
    expect(run.changed).toHaveLength(3);
    for (const change of run.changed) {
      expect(change.to).toMatch(/^runware:/);
      expect((await world.job(change.jobId)).attempts[change.attempt - 1]?.model).toBe(change.from);
    }
    const sum = run.changed.reduce((total, { costDeltaUsd }) => total + (costDeltaUsd ?? 0), 0);
    expect(run.costDeltaUsd).toBeCloseTo(sum, 6);
    expect((await live(world)).version).toBe(0);
    expect([world.paidStarts().length, world.audit.lines.length]).toEqual([paid, 0]);
  });

  it("of the live policy itself changes nothing", async () => {
    const world = createWorld();
    await startVideos(world, 3);
    const run = await dryRunPolicy(world.deps, { policy: plainPrices, decisions: 100 });
    expect(run).toMatchObject({ replayed: 3, changed: [], costDeltaUsd: 0, secondsDelta: 0 });
  });

  it("leaves out a record that somebody has changed, and says so loudly", async () => {
    const world = createWorld();
    await startVideos(world, 2);
    const [job] = world.database.jobs.values();
    if (job === undefined) throw new Error("no job");
    const attempts = job.attempts.map((attempt) => {
      const { decision } = attempt;
      const facts = decision.facts.map((fact) => ({ ...fact, costUsdMicros: 1 }));
      return { ...attempt, decision: { ...decision, facts } };
    });
    world.database.jobs.set(job.id, { ...job, attempts });
    expect(await dryRunPolicy(world.deps, { policy: defaultPolicy, decisions: 10 })).toMatchObject({
      replayed: 1,
      altered: 1,
    });
    expect(world.log.lines).toContainEqual({
      level: "error",
      event: "decisions.altered",
      fields: { altered: 1 },
    });
  });
});

describe("a shadow policy", () => {
  it("is recorded beside every decision, reported, and asks no provider anything", async () => {
    const plain = createWorld();
    const watched = createWorld();
    const shadow = await setShadow(watched.deps, "root", upsideDown);
    for (const world of [plain, watched]) {
      await startVideos(world, 3);
      await world.run(1_800);
    }
    const outcome = (world: World) =>
      [...world.database.jobs.values()].map(({ status, attempts }) => [
        status,
        attempts.map(({ model }) => model),
      ]);
    expect(outcome(watched)).toEqual(outcome(plain));
    expect(watched.paidStarts()).toEqual(plain.paidStarts());
    expect(watched.paidStarts("runware")).toEqual([]);
    const overview = await readPolicy(watched.deps, { versions: 5, decisions: 100 });
    expect(overview.shadow?.policy).toEqual(shadow);
    expect(overview.shadow?.report).toMatchObject({ policyVersion: 1, compared: 3 });
    expect(overview.shadow?.report.changed).toHaveLength(3);
    expect(overview.shadow?.report.changed[0]?.to).toMatch(/^runware:/);
    expect(await live(watched)).toEqual(plainPrices);
  });

  it("gets a number that no other has had, so that reports do not mix", async () => {
    const world = createWorld();
    await setShadow(world.deps, "root", upsideDown);
    await startVideos(world, 1);
    expect(await setShadow(world.deps, "root", null)).toBeNull();
    expect(await setShadow(world.deps, "root", defaultPolicy)).toMatchObject({ version: 2 });
    await publish(world, defaultPolicy);
    expect(await setShadow(world.deps, "root", upsideDown)).toMatchObject({ version: 3 });
    const { shadow } = await readPolicy(world.deps, { versions: 5, decisions: 100 });
    expect(shadow?.report.compared).toBe(0);
    expect(actions(world)).toEqual([
      ["root", "policy.shadow_set", "policy/shadow"],
      ["root", "policy.shadow_cleared", "policy/shadow"],
      ["root", "policy.shadow_set", "policy/shadow"],
      ["root", "policy.published", "policy/1"],
      ["root", "policy.shadow_set", "policy/shadow"],
    ]);
  });
});
