import { describe, expect, it } from "@jest/globals";
import { runUntilEnded, submitExampleScene } from "../../../test/engine/composites.js";
import { expectSettled } from "../../../test/engine/settled.js";
import { caller, createWorld, type World } from "../../../test/engine/world.js";
import { closedCircuit } from "../../domain/health/circuit.js";
import { defaultPolicy } from "../../domain/policy/policy.js";
import { quoteVideo } from "./quote.js";

const request = { kind: "text", prompt: "A paper boat on a river at dawn" };
const worthUsd = defaultPolicy.credits.usdPerCredit;

function createRealWorld(options: Parameters<typeof createWorld>[0] = {}): World {
  return createWorld({ policy: defaultPolicy, ...options });
}

describe("the credits of a job", () => {
  it.each([
    ["a short one", { durationSeconds: 4 }],
    ["a long one", { durationSeconds: 10 }],
    ["one with sound", { audio: true, durationSeconds: 8 }],
    ["a sharp one", { resolution: "1080p", quality: "premium" }],
    ["one that is lengthened", { durationSeconds: 1 }],
  ])("follow what its making costs, as quoted, and are charged so: %s", async (_name, changes) => {
    const world = createRealWorld();
    const quote = await quoteVideo(world.deps, caller, { ...request, ...changes });
    const [first] = quote.candidates;
    expect(quote.credits).toBe(first?.credits);
    expect((quote.credits ?? 0) * worthUsd).toBeGreaterThanOrEqual(1.25 * (first?.costUsd ?? 0) - 1e-6);
    const { id, heldCredits } = await world.submit(changes);
    expect(heldCredits).toBe(quote.credits);
    expect(await runUntilEnded(world, id)).toMatchObject({
      status: "completed",
      chargedCredits: heldCredits,
    });
    await expectSettled(world);
  });

  it("of every candidate of a quote cover its cost", async () => {
    const { candidates } = await quoteVideo(createRealWorld().deps, caller, { ...request, audio: true });
    expect(candidates.length).toBeGreaterThan(2);
    for (const { credits, costUsd } of candidates) {
      expect(credits * worthUsd).toBeGreaterThanOrEqual(costUsd);
    }
  });

  it.each([4, 5, 6, 8, 10])(
    "reach another provider that costs little more, so that a failure of the first ends nothing: %s s",
    async (durationSeconds) => {
      const world = createRealWorld();
      const { candidates } = await quoteVideo(world.deps, caller, { ...request, durationSeconds });
      const [first] = candidates;
      const job = await world.submit({ durationSeconds });
      world.fault(`${first?.provider}:down`);
      const ended = await runUntilEnded(world, job.id);
      expect(ended).toMatchObject({ status: "completed" });
      const maker = ended.attempts.at(-1);
      expect(maker?.provider).not.toBe(first?.provider);
      expect(ended.chargedCredits).toBeLessThanOrEqual(job.heldCredits);
      await expectSettled(world);
    },
  );

  it("do not reach beyond the factor of the policy", async () => {
    const held = async (fallbackCostFactor: number) => {
      const credits = { ...defaultPolicy.credits, marginFraction: 0, fallbackCostFactor };
      const world = createWorld({ policy: { ...defaultPolicy, credits } });
      const { candidates, credits: quoted } = await quoteVideo(world.deps, caller, request);
      return { ratio: ((quoted ?? 0) * worthUsd) / (candidates[0]?.costUsd ?? 0) };
    };
    expect((await held(1)).ratio).toBeLessThan(1.13);
    expect((await held(1.2)).ratio).toBeLessThan(1.2 + 0.13);
    expect((await held(2)).ratio).toBeLessThan(2 + 0.13);
  });

  it("of a scene pay for its picture and its video", async () => {
    const world = createRealWorld();
    const { id, heldCredits, price } = await submitExampleScene(world);
    expect(price?.imageCredits).toBeGreaterThan(0);
    const job = await runUntilEnded(world, id);
    expect(job).toMatchObject({ status: "completed", chargedCredits: heldCredits });
    expect(job.composition?.parts[0]?.chargedCredits).toBe(price?.imageCredits);
    await expectSettled(world);
  });

  it("of a speech are charged by its length, and at most what is held", async () => {
    const world = createRealWorld();
    const script = "Welcome to our spring collection, which we have made for you with love.";
    const { id, heldCredits } = await world.submit({ kind: "avatar", prompt: undefined, script });
    const { status, chargedCredits } = await runUntilEnded(world, id);
    expect(status).toBe("completed");
    expect(chargedCredits).toBeGreaterThan(0);
    expect(chargedCredits).toBeLessThanOrEqual(heldCredits);
    await expectSettled(world);
  });
});

describe("a low balance", () => {
  it.each([
    ["below what the policy calls low", 1_000_000, true],
    ["not below it", 1, false],
    ["under a policy that calls none low", 0, false],
  ])("is told with the end of a video when it is %s", async (_what, lowBalance, isTold) => {
    const credits = { ...defaultPolicy.credits, lowBalance };
    const world = createWorld({ policy: { ...defaultPolicy, credits } });
    const { id } = await world.submit();
    await runUntilEnded(world, id);
    const { balance } = await world.deps.credits.account(caller.uid);
    expect(world.notifier.ended.map((job) => job.id)).toEqual([id]);
    expect(world.notifier.lowBalances).toEqual(isTold ? [{ jobId: id, credits: balance }] : []);
  });
});

describe("a candidate that costs more than the credits are worth", () => {
  it("is not chosen after a failure, and the decision says why", async () => {
    const world = createRealWorld({ faults: ["runway:down", "runware:down"] });
    const only = ["runway:gen4_turbo", "runway:veo3.1"];
    const asked = {
      kind: "image",
      image: "https://images.example.com/a.png",
      providers: { only, prefer: only.slice(0, 1) },
    };
    const { candidates } = await quoteVideo(world.deps, caller, { ...request, ...asked });
    expect(candidates.map(({ model }) => model)).toEqual(only);
    const { id } = await world.submit(asked);
    const job = await runUntilEnded(world, id);
    expect(job).toMatchObject({ status: "failed", chargedCredits: 0 });
    expect(new Set(job.attempts.map(({ model }) => model))).toEqual(new Set(["runway:gen4_turbo"]));
    const [decision] = job.attempts.map((attempt) => attempt.decision.decision);
    expect(decision?.rejected).toContainEqual(
      expect.objectContaining({ model: "runway:veo3.1", reason: "over_credit_worth" }),
    );
    await expectSettled(world);
  });

  it("is not started either when the first choice has gone since the job was accepted", async () => {
    const world = createRealWorld();
    const only = ["runway:gen4_turbo", "runway:veo3.1"];
    const asked = {
      kind: "image",
      image: "https://images.example.com/a.png",
      providers: { only, prefer: only.slice(0, 1) },
    };
    const { id } = await world.submit(asked);
    await world.deps.health.changeCircuit("runway:gen4_turbo", () => ({
      ...closedCircuit,
      state: "isolated",
    }));
    world.advance(10);
    const job = await runUntilEnded(world, id);
    expect(job).toMatchObject({ status: "failed", attempts: [], chargedCredits: 0 });
    expect(world.paidStarts()).toEqual([]);
    await expectSettled(world);
  });
});
