import { describe, expect, it } from "@jest/globals";
import { caller, createWorld, type World } from "../../../test/engine/world.js";
import { RequestError } from "../../domain/errors.js";
import { quoteVideo } from "./quote.js";
import { submitJob } from "./submit.js";

const request = { kind: "text", prompt: "A paper boat on a river at dawn" };
const quote = (world: World, changes: object = {}) =>
  quoteVideo(world.deps, caller, { ...request, ...changes });

describe("a quote", () => {
  it("ranks whoever could take the request, with price, time and every factor of the score", async () => {
    const world = createWorld();
    const { candidates, rejected, credits, possible, profile, policyVersion } = await quote(world);
    expect({ credits, possible, profile, policyVersion }).toEqual({
      credits: 10,
      possible: null,
      profile: "balanced",
      policyVersion: 0,
    });
    expect(candidates.length + rejected.length).toBe(world.deps.catalogue.entries.length);
    const scores = candidates.map(({ score }) => score);
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
    for (const candidate of candidates) {
      expect(candidate.costUsd).toBeGreaterThan(0);
      expect(candidate.p90Seconds).toBeGreaterThanOrEqual(candidate.p50Seconds);
      expect(Object.keys(candidate.factors)).toContain("health");
    }
    expect(rejected).toContainEqual(expect.objectContaining({ reason: "kind_unsupported" }));
  });

  it("tells of every candidate what it would change, and of the first what a start would", async () => {
    const { candidates, adjustments } = await quote(createWorld(), { durationSeconds: 7 });
    expect(candidates[0]?.adjustments).toEqual(adjustments);
    expect(candidates.find(({ model }) => model === "runway:veo3.1_fast")?.adjustments).toEqual([
      {
        field: "durationSeconds",
        asked: "7 s",
        given: "8 s",
        reason: "Veo 3.1 Fast on Runway makes 4, 6, 8 s",
      },
    ]);
    expect(candidates.find(({ model }) => model === "runway:gen4.5")?.adjustments).toEqual([]);
  });

  it("names the candidates that would adjust what may not be adjusted, with what they would change", async () => {
    const { rejected, candidates } = await quote(createWorld(), { durationSeconds: 7, exact: true });
    expect(candidates.flatMap(({ adjustments }) => adjustments)).toEqual([]);
    expect(rejected).toContainEqual(
      expect.objectContaining({
        model: "runway:veo3.1_fast",
        reason: "not_exact",
        adjustments: [expect.objectContaining({ field: "durationSeconds", asked: "7 s", given: "8 s" })],
      }),
    );
  });

  it("is what a start then does", async () => {
    const world = createWorld();
    const asked = { durationSeconds: 7, resolution: "1080p", quality: "premium" };
    const { candidates, adjustments, credits } = await quote(world, asked);
    const { job, selection } = await submitJob(world.deps, caller, { ...request, ...asked });
    expect(selection?.winner?.model.id).toBe(candidates[0]?.model);
    expect(selection?.winner?.adjustments).toEqual(adjustments);
    expect(job.heldCredits).toBe(credits);
  });

  it("judges the prompt, with reasons that sum up to the score", async () => {
    const { prompt } = await quote(createWorld());
    expect(prompt.score).toBe(67);
    expect(prompt.reasons).toContainEqual({ points: 20, reason: "setting: told" });
    expect(prompt.reasons).toContainEqual({ points: 0, reason: "no action: say what happens" });
  });

  it("holds nothing, writes nothing and asks no provider, however often", async () => {
    const world = createWorld();
    for (const provider of world.deps.catalogue.providers) world.unplugged.add(provider);
    for (let count = 0; count < 5; count += 1) await quote(world);
    expect(await world.deps.credits.account(caller.uid)).toMatchObject({ held: 0 });
    expect([world.database.jobs.size, world.queue.size(), world.audit.lines.length]).toEqual([0, 0, 0]);
    expect(world.log.lines).toEqual([]);
  });

  it("tells no time before three videos of our own stand behind it", async () => {
    const world = createWorld();
    const model = "runway:veo3.1_fast";
    const observation = { provider: "runway", model, outcome: { ok: true, seconds: 80 } } as const;
    const etaOf = async () =>
      (await quote(world)).candidates.find((candidate) => candidate.model === model)?.etaSeconds;
    await world.deps.health.record([observation, observation]);
    expect(await etaOf()).toBeNull();
    await world.deps.health.record([observation]);
    const eta = await etaOf();
    expect(eta?.p50).toBeGreaterThan(0);
    expect(eta?.p90).toBeGreaterThan(eta?.p50 ?? 0);
    world.advance(3_600);
    expect(await etaOf()).toBeNull();
  });

  it("for what nobody makes says why each does not, and what could be asked for", async () => {
    const { candidates, rejected, possible } = await quote(createWorld(), {
      kind: "frames",
      firstFrame: "https://images.example.com/first.png",
      lastFrame: "https://images.example.com/last.png",
      durationSeconds: 60,
    });
    expect(candidates).toEqual([]);
    expect(new Set(rejected.map(({ reason }) => reason))).toContain("duration_unsupported");
    expect(possible?.aspectRatios).toContain("16:9");
    expect(possible?.maxSeconds).toBeLessThan(60);
  });

  it.each<[string, object, RegExp]>([
    ["not valid", { durationSeconds: 0 }, /durationSeconds/],
    ["for a provider that is not known", { providers: { exclude: ["nobody"] } }, /unknown nobody; known are/],
    ["for a conversion", { output: { format: "gif" } }, /output/],
  ])("is refused like a start when the request is %s", async (_name, changes, message) => {
    const refused = quote(createWorld(), changes);
    await expect(refused).rejects.toThrow(RequestError);
    await expect(refused).rejects.toThrow(message);
  });
});
