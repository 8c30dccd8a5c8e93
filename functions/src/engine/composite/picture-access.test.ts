import { describe, expect, it } from "@jest/globals";
import { describedConverter } from "../../../simulation/kit/described-files.js";
import { partsOf, runUntilEnded, scene, submitExampleScene } from "../../../test/engine/composites.js";
import { expectSettled } from "../../../test/engine/settled.js";
import { caller, createWorld, type World, type WorldOptions } from "../../../test/engine/world.js";
import { UnreachableError } from "../../domain/errors.js";
import type { GenerationPlan } from "../../domain/provider/provider.js";
import { submitScenes } from "../batch/submit-batch.js";
import { cancelJob } from "../job/cancel.js";

const privately = { imageAccess: "private" };
const long = { durationSeconds: 30 };

/** A world with a converter that also keeps every plan as it is sent to a provider. */
function watchedWorld(options: WorldOptions = {}) {
  const sent: { readonly key: string; readonly plan: GenerationPlan }[] = [];
  const world = createWorld({
    converter: (media) => describedConverter(media, { capabilities: ["join", "lastFrame", "thumbnail"] }),
    wrap: (provider) => ({
      ...provider,
      start: (plan, context) => {
        sent.push({ key: context.idempotencyKey, plan });
        return provider.start(plan, context);
      },
    }),
    ...options,
  });
  return { world, sent };
}

/** Everything that is written anywhere, as one text. */
function everythingIn({ database, log, audit, deliveries, notifier }: World): string {
  const { jobs, batches, accounts, ledgers, budgets, announcements } = database;
  const tables = [jobs, batches, accounts, budgets, deliveries.records].map((table) => [...table.entries()]);
  const lines = [...ledgers.values()].map((ledger) => [...ledger.values()]);
  return JSON.stringify([tables, lines, [...announcements], log.lines, audit.lines, notifier.ended]);
}

const signedLink = /X-Goog-Signature|Signature=|token=|signed\.example/i;

describe("the picture of a scene", () => {
  it("that is private is stored among the videos, has no public address, and begins the video by a link", async () => {
    const { world, sent } = watchedWorld();
    const { id } = await submitExampleScene(world, privately);
    const job = await runUntilEnded(world, id);

    expect(job.status).toBe("completed");
    const [image, video] = partsOf(world, id);
    expect(image?.output?.path).toBe(`videos/owner-1/${image?.id}.picture.png`);
    expect(JSON.stringify(job)).not.toContain("publicUrl");
    expect(video?.request).toMatchObject({ kind: "image", image: `stored:${image?.output?.path}` });
    const plan = sent.find(({ key }) => key.startsWith(video?.id ?? ""))?.plan;
    expect(plan?.image).toMatch(signedLink);
    await expectSettled(world);
  });

  it.each([undefined, "public"])(
    "is public when its access is %s, and its request is the same",
    async (access) => {
      const { world } = watchedWorld();
      const { id, requestHash } = await submitExampleScene(
        world,
        access === undefined ? {} : { imageAccess: access },
      );
      const job = await runUntilEnded(world, id);
      expect(job.composition?.parts[0]?.output.publicUrl).toMatch(/^https:/);
      expect(job.request).not.toHaveProperty("imageAccess");
      expect(requestHash).toBe((await submitExampleScene(world)).requestHash);
    },
  );

  it("begins the video by a link where the bucket opens to nobody, and is shown by one", async () => {
    const { world, sent } = watchedWorld();
    world.deps.media.publicUrl = async () => null;
    const { id } = await submitExampleScene(world);
    const job = await runUntilEnded(world, id);

    expect(job.status).toBe("completed");
    const [image, video] = partsOf(world, id);
    expect(image?.output?.path).toMatch(/^images\//);
    expect(JSON.stringify(job)).not.toContain("publicUrl");
    expect(video?.request).toMatchObject({ image: `stored:${image?.output?.path}` });
    expect(sent.find(({ key }) => key.startsWith(video?.id ?? ""))?.plan.image).toMatch(signedLink);
    await expectSettled(world);
  });

  it("that our storage did not take in time is our failure, not one of the provider or of the clock", async () => {
    const { world } = watchedWorld();
    world.deps.media.write = async () => {
      throw new Error("the bucket takes nothing");
    };
    const { id } = await submitExampleScene(world);
    const job = await runUntilEnded(world, id);
    expect(job).toMatchObject({ status: "failed", chargedCredits: 0, heldCredits: 0 });
    expect(job.error).toMatchObject({ code: "upload_failed", fault: "system", retryable: true });
    await expectSettled(world);
  });

  it("that is private is deleted when its scene is cancelled", async () => {
    const { world } = watchedWorld();
    const { id } = await submitExampleScene(world, privately);
    const stored = async () => (await world.job(id)).composition?.parts[0]?.output.path;
    for (let seconds = 0; seconds < 900 && (await stored()) === undefined; seconds += 1) await world.run(1);
    const path = (await stored()) ?? "";
    expect(await world.deps.media.stat(path)).not.toBeNull();
    await cancelJob(world.deps, await world.job(id), "owner");
    await runUntilEnded(world, id);
    expect(await world.deps.media.stat(path)).toBeNull();
  });

  it("cannot be named by a caller, neither as a reference nor as a picture", async () => {
    const { world } = watchedWorld();
    const referenceImage = "stored:videos/owner-2/0123456789abcdef01234567.picture.png";
    await expect(
      submitExampleScene(world, { scene: { ...scene.scene, referenceImage } }),
    ).rejects.toMatchObject({ code: "invalid_argument" });
    await expect(world.submit({ kind: "image", image: referenceImage })).rejects.toMatchObject({
      code: "invalid_argument",
    });
  });
});

describe("a link to a file of ours", () => {
  it("is in no document, message or log line, whatever is made and however often it fails", async () => {
    const { world, sent } = watchedWorld({
      faults: ["runway:fail*2", "runware:hang*2", "runware:fail*2", "runway:moderated*1"],
      credits: 10_000,
    });
    const { id } = await submitExampleScene(world, privately);
    await submitExampleScene(world);
    await world.submit(long);
    await submitScenes(world.deps, caller, {
      scenes: { "1": scene.scene, "2": scene.scene },
      ...privately,
    });
    for (let minutes = 0; minutes < 90; minutes += 1) {
      await world.run(60);
      if (minutes === 2) await cancelJob(world.deps, await world.job(id), "owner");
      expect(everythingIn(world)).not.toMatch(signedLink);
    }
    expect(sent.filter(({ plan }) => signedLink.test(plan.image ?? "")).length).toBeGreaterThan(2);
    expect([...world.database.batches.values()][0]?.counts.completed).toBeGreaterThan(0);
  });

  it("is the same in every repetition of a start", async () => {
    const sent: GenerationPlan[] = [];
    const world = createWorld({
      wrap: (provider) => ({
        ...provider,
        start: (plan, context) => {
          if (plan.mode === "image" && sent.push(plan) < 3) {
            throw new UnreachableError("no answer", { sent: "maybe", code: "timeout" });
          }
          return provider.start(plan, context);
        },
      }),
    });
    const { id } = await submitExampleScene(world, {
      ...privately,
      scenario: { resolution: "1280:720" },
      providers: { exclude: ["runway"] },
    });
    await runUntilEnded(world, id);
    expect(partsOf(world, id)[1]).toMatchObject({ status: "completed", attempts: [{ sends: 3 }] });
    expect(new Set(sent.map((plan) => JSON.stringify(plan))).size).toBe(1);
    expect(sent[0]?.image).toMatch(signedLink);
  });

  it.each([
    ["once", 1, "completed", 2],
    ["for long", 1_000, "failed", 1],
  ] as const)(
    "that cannot be made %s keeps its start from being sent",
    async (_, failures, status, starts) => {
      let left: number = failures;
      const { world } = watchedWorld();
      const { media } = world.deps;
      const signedUrl: typeof media.signedUrl = async (...place) => {
        left -= 1;
        if (left >= 0) throw new Error("the key service is down");
        return media.signedUrl(...place);
      };
      const deps = { ...world.deps, media: { ...media, signedUrl } };
      const { id } = await submitExampleScene(world, privately);
      for (let seconds = 0; seconds < 600; seconds += 1) {
        await world.runDue(deps);
        world.advance(1);
      }
      expect(await runUntilEnded(world, id)).toMatchObject({ status });
      expect(partsOf(world, id)[1]?.attempts[0]).toMatchObject({ failure: { code: "not_started" } });
      expect(world.paidStarts()).toHaveLength(starts);
      await expectSettled(world);
    },
  );
});
