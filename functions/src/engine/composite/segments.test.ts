import { describe, expect, it } from "@jest/globals";
import { describedConverter } from "../../../simulation/kit/described-files.js";
import { partsOf, runUntilEnded } from "../../../test/engine/composites.js";
import { expectSettled } from "../../../test/engine/settled.js";
import { caller, createWorld, type WorldOptions } from "../../../test/engine/world.js";
import { type Circuit, closedCircuit } from "../../domain/health/circuit.js";
import { total } from "../../domain/selection/segments.js";
import { quoteVideo } from "../job/quote.js";
import { retryVideo } from "../job/retry.js";

const withConverter: WorldOptions = {
  converter: (media) => describedConverter(media, { capabilities: ["join", "lastFrame", "thumbnail"] }),
};
const long = { durationSeconds: 30 };
const isolated: Circuit = { ...closedCircuit, state: "isolated" };

describe("a video that is longer than any model makes", () => {
  it("is made in turn, each segment from the last frame of the one before, and joined", async () => {
    const world = createWorld(withConverter);
    const { id } = await world.submit(long);
    const job = await runUntilEnded(world, id);

    expect(job.status).toBe("completed");
    expect(job.output).toMatchObject({ medium: "video", path: `videos/owner-1/${id}.mp4` });
    expect(Math.abs((job.output?.durationSeconds ?? 0) - 30)).toBeLessThanOrEqual(1.5);
    const parts = partsOf(world, id);
    expect(parts.length).toBeGreaterThan(1);
    expect(world.paidStarts()).toHaveLength(parts.length);
    expect(parts.map(({ request }) => request.kind)).toEqual(["text", ...parts.slice(1).map(() => "image")]);
    for (const [index, part] of parts.slice(1).entries()) {
      const image = part.request.kind === "image" ? part.request.image : "";
      expect(image).toContain(`${parts[index]?.id}.last.jpg`);
      expect(part.createdAt).toBeGreaterThanOrEqual(parts[index]?.endedAt ?? Number.POSITIVE_INFINITY);
    }
    expect(new Set(parts.map(({ attempts }) => attempts[0]?.model)).size).toBe(1);
    await expectSettled(world);
  });

  it("is delivered as segments and a list of them where nobody can join, and says so", async () => {
    const world = createWorld();
    const { id } = await world.submit(long);
    const job = await runUntilEnded(world, id);

    expect(job).toMatchObject({ status: "completed", output: { medium: "playlist" } });
    expect(job.composition?.estimate?.adjustments.map(({ field }) => field)).toEqual([
      "durationSeconds",
      "output",
    ]);
    const list = JSON.parse((await world.deps.media.read(job.output?.path ?? "", 0, 100_000)).toString());
    expect(list.segments).toHaveLength(partsOf(world, id).length);
    expect(list.segments.map(({ name }: { name: string }) => name)).toEqual(
      list.segments.map((_: unknown, index: number) => `segment-${index + 1}`),
    );
    // Nothing to wait for: they are made side by side.
    expect(new Set(partsOf(world, id).map(({ createdAt }) => createdAt)).size).toBe(1);
    await expectSettled(world);
  });

  it("charges what was asked for, once, when all of it is there", async () => {
    const world = createWorld(withConverter);
    const { id, heldCredits } = await world.submit(long);
    const job = await runUntilEnded(world, id);
    expect(heldCredits).toBe(60);
    expect(job.chargedCredits).toBe(60);
  });

  it("is quoted with its plan and the cost of all segments", async () => {
    const world = createWorld(withConverter);
    const request = { kind: "text", prompt: "A paper boat on a river at dawn", ...long };
    const quote = await quoteVideo(world.deps, caller, request);
    expect(quote.segments).toMatchObject({ joined: true });
    const seconds = quote.segments?.seconds ?? [];
    expect(Math.abs(total(seconds) - 30)).toBeLessThanOrEqual(1.5);
    const single = await quoteVideo(world.deps, caller, { ...request, durationSeconds: seconds[0] });
    const costOf = (from: typeof quote) =>
      from.candidates.find(({ model }) => model === quote.candidates[0]?.model)?.costUsd ?? 0;
    expect(costOf(quote)).toBeCloseTo(seconds.length * costOf(single), 6);
    expect(quote.adjustments[0]).toMatchObject({ field: "durationSeconds", asked: "30 s" });
    expect(single.segments).toBeNull();
  });

  it("that may not be adjusted lasts exactly as long, and none of its segments is adjusted", async () => {
    const world = createWorld(withConverter);
    const exact = ["durationSeconds", "aspectRatio", "resolution"];
    const { id } = await world.submit({ ...long, durationSeconds: 33, exact });
    const job = await runUntilEnded(world, id);
    expect(job.status).toBe("completed");
    const parts = partsOf(world, id);
    const told = parts.flatMap(({ attempts }) => attempts.flatMap(({ adjustments }) => adjustments));
    // The picture is a frame of the segment before, which has the ratio.
    expect(told.filter(({ given }) => given !== "that of the picture")).toEqual([]);
    expect(total(parts.map(({ attempts }) => attempts[0]?.plan.durationSeconds ?? 0))).toBe(33);
    await expectSettled(world);
  });

  it("whose segment fails at one provider has that segment made by another", async () => {
    const world = createWorld({ ...withConverter, faults: ["runway:fail*1", "runware:fail*1"] });
    const { id } = await world.submit(long);
    const job = await runUntilEnded(world, id);
    expect(job.status).toBe("completed");
    await expectSettled(world);
  });

  it("is tried again with the segments that are missing, and with no others", async () => {
    let starts = 0;
    let refuses = true;
    const world = createWorld({
      ...withConverter,
      wrap: (provider) => ({
        ...provider,
        async start(plan, context) {
          if (refuses && plan.mode === "image")
            return { status: "refused", failure: { code: "content_blocked" } };
          starts += 1;
          return provider.start(plan, context);
        },
      }),
    });
    const { id } = await world.submit(long);
    const failed = await runUntilEnded(world, id);
    expect(failed).toMatchObject({ status: "failed", chargedCredits: 0 });
    expect(failed.composition?.parts.map(({ name }) => name)).toEqual(["segment-1"]);
    expect(starts).toBe(1);

    refuses = false;
    const again = await retryVideo(world.deps, caller.uid, id);
    const done = await runUntilEnded(world, again.id);

    expect(done).toMatchObject({ status: "completed", chargedCredits: 60 });
    const plan = done.composition?.plan;
    expect(plan).toEqual(failed.composition?.plan);
    expect(starts).toBe(plan?.type === "segments" ? plan.seconds.length : 0);
    expect(done.composition?.parts[0]?.jobId).toBe(failed.composition?.parts[0]?.jobId);
    await expectSettled(world);
  });

  it("whose joining fails charges nothing and keeps the segments", async () => {
    const world = createWorld({
      converter: (media) =>
        describedConverter(media, {
          capabilities: ["join", "lastFrame"],
          spoil: (order) => {
            if (order.startsWith("join")) throw new Error("no space left");
            return {};
          },
        }),
    });
    const { id } = await world.submit(long);
    const job = await runUntilEnded(world, id);
    expect(job).toMatchObject({ status: "failed", error: { fault: "system" }, chargedCredits: 0 });
    expect(job.composition?.parts.length).toBe(partsOf(world, id).length);
    await expectSettled(world);
  });

  it("is refused between two frames, whose middle nobody knows", async () => {
    const world = createWorld(withConverter);
    const frames = {
      kind: "frames",
      firstFrame: "https://images.example.com/a.png",
      lastFrame: "https://images.example.com/b.png",
      durationSeconds: 60,
    };
    await expect(world.submit(frames)).rejects.toMatchObject({ code: "invalid_argument" });
  });

  it("is not what a video becomes whose only model is busy", async () => {
    const world = createWorld(withConverter);
    const one = { durationSeconds: 15, providers: { only: ["runway:seedance2"] } };
    await world.deps.health.changeCircuit("runway:seedance2", () => isolated);
    await expect(world.submit(one)).rejects.toMatchObject({ code: "no_candidate" });
  });
});
