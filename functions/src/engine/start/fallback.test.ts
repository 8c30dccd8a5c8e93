import { describe, expect, it } from "@jest/globals";
import { expectSettled } from "../../../test/engine/settled.js";
import { createWorld, type World } from "../../../test/engine/world.js";
import { DownloadError } from "../ports/downloads.js";

async function finish(world: World, changes: Record<string, unknown> = {}, seconds = 3_000) {
  const { id } = await world.submit(changes);
  await world.run(seconds);
  await expectSettled(world);
  return world.job(id);
}

const providersOf = (job: { attempts: readonly { provider: string }[] }) =>
  job.attempts.map((attempt) => attempt.provider);

describe("a provider that turns a start away", () => {
  it("is tried once more at the same model when it is in trouble, then left", async () => {
    const world = createWorld();
    world.unplugged.add("runway");
    const job = await finish(world, { providers: { prefer: ["runway:veo3.1_fast"] } });
    expect(job.status).toBe("completed");
    const [first, second, third] = job.attempts;
    expect([first?.provider, second?.provider]).toEqual(["runway", "runway"]);
    expect(second?.model).toBe(first?.model);
    expect(third?.model).not.toBe(first?.model);
    expect(world.paidStarts()).toHaveLength(1);
    expect(world.paidStarts("runway")).toEqual([]);
  });

  it("for want of a balance is left at once, and its circuit opens", async () => {
    const world = createWorld({ faults: ["runway:no-credits*1"] });
    const job = await finish(world);
    expect(job.attempts[0]).toMatchObject({ provider: "runway", failure: { code: "vendor_quota" } });
    expect(job.attempts[1]?.provider).not.toBe("runway");
    const { health } = await world.deps.snapshot();
    expect(health.circuits.runway?.state).toBe("open");
  });

  it("with a wrong key is left at once", async () => {
    const world = createWorld({ faults: ["runway:unauthorized"] });
    const job = await finish(world);
    expect(job.attempts[0]).toMatchObject({ state: "failed", failure: { code: "authentication" } });
    expect(job).toMatchObject({ status: "completed" });
  });
});

describe("a generation that fails after it was accepted", () => {
  it("goes on at the next candidate, with an attempt and a cost of its own", async () => {
    const world = createWorld({ faults: ["runway:fail*1"] });
    const job = await finish(world);
    expect(job).toMatchObject({ status: "completed", chargedCredits: 10 });
    expect(job.attempts.map((attempt) => attempt.state)).toEqual(["failed", "succeeded"]);
    expect(job.attempts[0]?.model).not.toBe(job.attempts[1]?.model);
    expect(job.attempts.map((attempt) => attempt.idempotencyKey)).toEqual([`${job.id}:a1`, `${job.id}:a2`]);
    expect(world.paidStarts()).toHaveLength(2);
  });

  it("everywhere is given up after three paid attempts, and costs the user nothing", async () => {
    const world = createWorld({ faults: ["runway:fail", "runware:fail", "heygen:fail"] });
    const job = await finish(world);
    expect(job).toMatchObject({ status: "failed", chargedCredits: 0, error: { code: "processing_failed" } });
    expect(world.paidStarts()).toHaveLength(3);
  });

  it("because of moderation never wanders", async () => {
    const world = createWorld({ faults: ["runway:moderated*1"] });
    const job = await finish(world);
    expect(job).toMatchObject({ status: "failed", error: { code: "content_blocked", fault: "moderation" } });
    expect(job.attempts).toHaveLength(1);
    const { health } = await world.deps.snapshot();
    expect(Object.values(health.circuits).every((circuit) => circuit.state === "closed")).toBe(true);
  });

  it("stays with the caller's choice of providers", async () => {
    const world = createWorld({ faults: ["runway:fail"] });
    const job = await finish(world, { providers: { only: ["runway"] } });
    expect(new Set(providersOf(job))).toEqual(new Set(["runway"]));
    expect(job.status).toBe("failed");
  });
});

describe("a stuck generation", () => {
  it("is given up after three times its P90, and the next candidate makes the video", async () => {
    const world = createWorld({ faults: ["runway:stuck*1"] });
    const job = await finish(world);
    const [first, second] = job.attempts;
    expect(job.status).toBe("completed");
    expect(first).toMatchObject({ failure: { code: "timeout" } });
    expect(first?.timeoutAt).toBe((first?.acceptedAt ?? 0) + (first?.typical.p90Seconds ?? 0) * 3_000);
    expect(second?.createdAt).toBeGreaterThanOrEqual(first?.timeoutAt ?? 0);
  });

  it("that finishes late after all is used when the job still needs it", async () => {
    const world = createWorld({ faults: ["runway:slow=9*1", "runware:stuck", "heygen:stuck"] });
    const { id } = await world.submit({ providers: { only: ["runway:veo3.1_fast", "runware"] } });
    await world.run(3_600);
    const job = await world.job(id);
    expect(job.status).toBe("completed");
    expect(job.attempts[0]).toMatchObject({ provider: "runway", state: "succeeded", wasted: false });
  });
});

describe("a finished file", () => {
  it.each(["empty", "truncated", "html", "short", "wrong-ratio", "small", "corrupt"])(
    "that is %s is not stored, not charged and made again elsewhere",
    async (defect) => {
      const world = createWorld({ faults: [`runway:bad-output=${defect}*1`] });
      const job = await finish(world);
      expect(job).toMatchObject({ status: "completed", chargedCredits: 10 });
      expect(job.attempts.map(({ state, wasted }) => [state, wasted])).toEqual([
        ["failed", true],
        ["succeeded", false],
      ]);
      expect(job.attempts[0]?.failure?.code).toBe("bad_output");
    },
  );

  it("that is bad everywhere leaves a failed job, no file and no charge", async () => {
    const defects = ["runway", "runware", "heygen"].map((vendor) => `${vendor}:bad-output=truncated`);
    const world = createWorld({ faults: defects });
    const job = await finish(world);
    expect(job).toMatchObject({ status: "failed", output: null, chargedCredits: 0 });
    expect(await world.deps.media.stat(`videos/owner-1/${job.id}.mp4`)).toBeNull();
  });

  it("that cannot be fetched for a while is fetched again with a fresh URL", async () => {
    const world = createWorld();
    for (const reason of ["expired", "unreachable", "incomplete"] as const) {
      world.downloadErrors.push(new DownloadError(reason, "made so"));
    }
    const job = await finish(world);
    expect(job.attempts).toMatchObject([{ state: "succeeded", storeTries: 3 }]);
  });

  it.each(["expired", "incomplete"] as const)(
    "that comes %s five times is made by the next candidate",
    async (reason) => {
      const world = createWorld();
      for (let tries = 0; tries < 5; tries += 1) world.downloadErrors.push(new DownloadError(reason, "so"));
      const job = await finish(world);
      expect(job.attempts.map(({ state, failure }) => [state, failure?.code])).toEqual([
        ["failed", "download_failed"],
        ["succeeded", undefined],
      ]);
    },
  );

  it("that cannot be reached for ten minutes is made by the next candidate", async () => {
    const world = createWorld();
    const { id } = await world.submit();
    while ((await world.job(id)).attempts.length < 2) {
      world.downloadErrors.push(new DownloadError("unreachable", "made so"));
      await stepOnce(world);
    }
    world.downloadErrors.length = 0;
    await world.run(900);
    const [first, second] = (await world.job(id)).attempts;
    expect(first).toMatchObject({ state: "failed", wasted: true, failure: { code: "download_failed" } });
    expect(second?.state).toBe("succeeded");
    const waitedMs = (second?.createdAt ?? 0) - (first?.endedAt ?? 0);
    expect(waitedMs).toBeGreaterThanOrEqual(600_000);
    expect(waitedMs).toBeLessThan(1_000_000);
    await expectSettled(world);
  });

  it("that is paid for is not lost to a bucket that fails for twenty minutes", async () => {
    const world = createWorld();
    const { id } = await world.submit();
    const bucket = failingBucket(world);
    await world.run(1_200);
    expect(await world.job(id)).toMatchObject({
      status: "storing",
      attempts: [{ state: "succeeded", storeTrouble: { obstacle: "own_trouble" } }],
    });
    bucket.fails = false;
    await world.run(600);
    expect(await world.job(id)).toMatchObject({ status: "completed", chargedCredits: 10 });
    expect(world.paidStarts()).toHaveLength(1);
    await expectSettled(world);
  });

  it("that no bucket takes is given up half an hour past the deadline, after some thirty tries", async () => {
    const world = createWorld();
    const { id } = await world.submit({ deadlineSeconds: 1_800 });
    failingBucket(world);
    await world.run(4_200);
    const job = await world.job(id);
    expect(job).toMatchObject({ status: "failed", error: { code: "upload_failed", fault: "system" } });
    expect(job.endedAt).toBeGreaterThanOrEqual(job.deadlineAt + 1_800_000);
    expect(job.attempts[0]?.storeTries).toBeLessThan(35);
    expect(world.paidStarts()).toHaveLength(1);
    await expectSettled(world);
  });

  it("on a host that is not the provider's is not asked for twice", async () => {
    const world = createWorld();
    world.downloadErrors.push(new DownloadError("refused", "made so"));
    const job = await finish(world);
    expect(job.attempts[0]).toMatchObject({
      state: "failed",
      storeTries: 1,
      failure: { code: "download_failed" },
    });
    expect(job.status).toBe("completed");
  });

  it("whose provider is out of reach while it is stored is not lost", async () => {
    const world = createWorld();
    const { id } = await world.submit();
    while ((await world.job(id)).status !== "storing") await stepOnce(world);
    world.fault("runway:down");
    await world.run(20);
    expect((await world.job(id)).status).toBe("storing");
    await world.run(3_000);
    expect((await world.job(id)).attempts[0]?.failure?.code).toBe("download_failed");
    await expectSettled(world);
  });
});

/** A bucket that takes no file while it `fails`. */
function failingBucket(world: World): { fails: boolean } {
  const bucket = { fails: true };
  const { media } = world.deps;
  const write: typeof media.write = async (...file) => {
    if (bucket.fails) throw new Error("503");
    return media.write(...file);
  };
  Object.assign(world.deps, { media: { ...media, write } });
  return bucket;
}

/** To the next task, without running what it leads to. */
async function stepOnce(world: World): Promise<void> {
  world.advance(Math.max(0, ((world.queue.nextDueAt() ?? world.now()) - world.now()) / 1_000));
  await world.runDue();
}

describe("an outage of every provider", () => {
  it("is waited out inside the deadline, with few starts, and paid once when it is over", async () => {
    const world = createWorld();
    for (const provider of world.deps.catalogue.providers) world.unplugged.add(provider);
    const { id } = await world.submit();
    await world.run(1_200);
    const waiting = await world.job(id);
    expect(waiting.status).toBe("queued");
    expect(waiting.attempts.length).toBeLessThan(20);
    world.unplugged.clear();
    await world.run(2_300);
    expect(await world.job(id)).toMatchObject({ status: "completed", chargedCredits: 10 });
    expect(world.paidStarts()).toHaveLength(1);
    await expectSettled(world);
  });

  it("is waited out also by a job that may go to one model alone", async () => {
    const world = createWorld();
    world.unplugged.add("runway");
    const { id } = await world.submit({ providers: { only: ["runway:veo3.1_fast"] } });
    await world.run(900);
    expect((await world.job(id)).status).toBe("queued");
    world.unplugged.clear();
    await world.run(2_600);
    expect(await world.job(id)).toMatchObject({ status: "completed" });
    await expectSettled(world);
  });

  it("that outlasts the deadline ends the job there, and costs the user nothing", async () => {
    const world = createWorld();
    for (const provider of world.deps.catalogue.providers) world.unplugged.add(provider);
    const job = await finish(world, { deadlineSeconds: 900 }, 1_200);
    expect(job).toMatchObject({ status: "failed", chargedCredits: 0, error: { retryable: true } });
    expect(job.endedAt ?? 0).toBeGreaterThan(job.createdAt + 400_000);
  });
});
