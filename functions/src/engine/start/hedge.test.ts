import { describe, expect, it } from "@jest/globals";
import { partsOf, runUntilEnded, submitExampleScene } from "../../../test/engine/composites.js";
import { expectSettled } from "../../../test/engine/settled.js";
import { createWorld } from "../../../test/engine/world.js";
import { plainPrices } from "../../domain/__fixtures__/policies.js";
import { defaultPolicy, type Policy } from "../../domain/policy/policy.js";
import { DownloadError } from "../ports/downloads.js";

const { profiles } = plainPrices;
const policy: Policy = { ...defaultPolicy, profiles, hedge: { enabled: true } };
const two = { providers: { only: ["runway:veo3.1_fast", "runware:google:3@3"], prefer: ["runway"] } };

describe("a hedge", () => {
  it("starts a second provider beside one that is slow, and the first that finishes counts", async () => {
    const world = createWorld({ policy, faults: ["runway:stuck*1"] });
    const { id } = await world.submit({ ...two, deadlineSeconds: 900 });
    await world.run(900);
    const job = await world.job(id);
    expect(job.status).toBe("completed");
    expect(job.attempts).toMatchObject([
      { provider: "runway", hedge: false },
      { provider: "runware", hedge: true, state: "succeeded", wasted: false },
    ]);
    const [first, second] = job.attempts;
    // Not before nine in ten have finished, and in time for the deadline.
    const waited = (second?.createdAt ?? 0) - (first?.acceptedAt ?? 0);
    expect(waited).toBeGreaterThanOrEqual((first?.typical.p90Seconds ?? 0) * 1_000);
    expect(job.endedAt).toBeLessThan(job.deadlineAt);
  });

  it("asks the loser to stop", async () => {
    const world = createWorld({ policy, faults: ["runway:stuck*1"] });
    const { id } = await world.submit({ ...two, deadlineSeconds: 900 });
    await world.run(1_200);
    expect((await world.job(id)).attempts[0]?.state).toBe("cancelled");
    await expectSettled(world);
  });

  it("is not made while all goes well, and never twice", async () => {
    const world = createWorld({ policy });
    const { id } = await world.submit(two);
    await world.run(900);
    expect((await world.job(id)).attempts).toHaveLength(1);

    const stuck = createWorld({ policy, faults: ["runway:stuck", "runware:stuck"] });
    const slow = await stuck.submit({ ...two, deadlineSeconds: 3_000 });
    await stuck.run(3_600);
    const job = await stuck.job(slow.id);
    expect(job.attempts.filter((attempt) => attempt.hedge)).toHaveLength(1);
    expect(job.status).toBe("failed");
  });

  it("leaves the first attempt alone when the second is turned away", async () => {
    const world = createWorld({ policy, faults: ["runway:slow=6*1", "runware:down"] });
    const { id } = await world.submit({ ...two, deadlineSeconds: 900 });
    await world.run(900);
    const job = await world.job(id);
    expect(job).toMatchObject({
      status: "completed",
      attempts: [{ state: "succeeded" }, { state: "failed" }],
    });
    await expectSettled(world);
  });

  it("that has finished is used when the file of the other one cannot be stored, and no third is paid", async () => {
    const world = createWorld({ policy, faults: ["runway:slow=6*1"] });
    const { id } = await world.submit({ ...two, providers: { prefer: ["runway:veo3.1_fast"] } });
    const { downloads } = world.deps;
    const hosts = world.deps.providers.get("runware")?.outputHosts;
    const open: typeof downloads.open = async (url, allowed, limits) => {
      if (allowed === hosts) throw new DownloadError("unreachable", "made so");
      return downloads.open(url, allowed, limits);
    };
    Object.assign(world.deps, { downloads: { ...downloads, open } });
    await world.run(3_000);
    const job = await world.job(id);
    expect(job).toMatchObject({
      status: "completed",
      attempts: [
        { provider: "runway", state: "succeeded", wasted: false },
        { provider: "runware", state: "failed", wasted: true, failure: { code: "download_failed" } },
      ],
    });
    expect(job.attempts[0]?.endedAt).toBeGreaterThan(job.attempts[1]?.endedAt ?? 0);
    expect(world.paidStarts()).toHaveLength(2);
    await expectSettled(world);
  });

  it("is made at another provider, although the same one has a better model", async () => {
    const only = ["runway:veo3.1_fast", "runway:veo3.1", "runway:gen4.5", "runware:google:3@3"];
    const world = createWorld({ policy, faults: ["runway:stuck*1"] });
    const { id } = await world.submit({ providers: { only, prefer: ["runway"] } });
    await world.run(900);
    const [first, second] = (await world.job(id)).attempts;
    expect(first?.decision.decision.ranked[1]?.provider).toBe("runway");
    expect(second).toMatchObject({ provider: "runware", hedge: true });
  });

  it("is not made at the only provider that was allowed", async () => {
    const world = createWorld({ policy, faults: ["runway:slow=6*1"] });
    const { id } = await world.submit({ providers: { only: ["runway"] } });
    await world.run(900);
    const { status, attempts } = await world.job(id);
    expect([status, attempts.length]).toEqual(["completed", 1]);
  });

  it("is made of a part that is slow, and not of the scene that waits for it", async () => {
    const world = createWorld({ policy, faults: ["runway:stuck*1", "runware:slow=6*1"] });
    const { id } = await submitExampleScene(world);
    const job = await runUntilEnded(world, id);
    expect(job).toMatchObject({ status: "completed", attempts: [] });
    expect(partsOf(world, id).some(({ attempts }) => attempts.some(({ hedge }) => hedge))).toBe(true);
  });

  it("is off unless the policy says otherwise", async () => {
    const world = createWorld({ faults: ["runway:slow=5*1"] });
    const { id } = await world.submit({ ...two, deadlineSeconds: 900 });
    await world.run(900);
    expect((await world.job(id)).attempts.some((attempt) => attempt.hedge)).toBe(false);
  });
});
