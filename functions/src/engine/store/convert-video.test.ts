import { describe, expect, it } from "@jest/globals";
import { describedConverter } from "../../../simulation/kit/described-files.js";
import { dyingProcess } from "../../../simulation/kit/intercept-calls.js";
import { expectSettled } from "../../../test/engine/settled.js";
import { createWorld, type World } from "../../../test/engine/world.js";
import type { VideoRequest } from "../../domain/request/request.js";
import type { MediaStore } from "../ports/media-store.js";
import { storeVideo } from "./store-video.js";

type Output = Partial<VideoRequest["output"]>;
type Spoil = NonNullable<Parameters<typeof describedConverter>[1]>["spoil"];

const path = (id: string, end: string) => `videos/owner-1/${id}${end}`;

function converting(spoil?: Spoil): World {
  return createWorld({
    converter: (media: MediaStore) => describedConverter(media, spoil === undefined ? {} : { spoil }),
  });
}

async function finish(world: World, output: Output, changes: Record<string, unknown> = {}) {
  const { id } = await world.submit({ ...changes, output });
  // Longer than trouble of our own is waited out.
  await world.run(7_200);
  await expectSettled(world);
  return world.job(id);
}

describe("a video in another form than providers make", () => {
  it("is converted to the codec that was asked for, under the same name", async () => {
    const world = converting();
    const job = await finish(world, { codec: "h265" });
    expect(job).toMatchObject({ status: "completed", chargedCredits: 10 });
    expect(job.output).toMatchObject({ codec: "hvc1", contentType: "video/mp4", path: path(job.id, ".mp4") });
    const stored = await world.deps.media.stat(path(job.id, ".mp4"));
    expect(stored?.sha256).toBe(job.output?.sha256);
    expect(await world.deps.media.stat(path(job.id, ".converting.mp4"))).toBeNull();
  });

  it("is a GIF beside which no video is left", async () => {
    const world = converting();
    const job = await finish(world, { format: "gif" });
    expect(job.output).toMatchObject({ codec: "gif", contentType: "image/gif", path: path(job.id, ".gif") });
    expect(await world.deps.media.stat(path(job.id, ".mp4"))).toBeNull();
    expect(job.output?.thumbnailPath).toBe(path(job.id, ".jpg"));
  });

  it("is not converted when the provider made it so", async () => {
    const world = converting();
    const job = await finish(world, { codec: "h264", bitrateKbps: 100_000 });
    expect(job.output).toMatchObject({ codec: "avc1" });
    const { converter } = world.deps;
    expect(converter).toMatchObject({ orders: ["thumbnail"] });
  });

  it.each([
    ["gif", { format: "gif" }],
    ["h265", { codec: "h265" }],
    ["h264", { bitrateKbps: 500 }],
  ] as const)("is refused before anything is paid when nobody here makes %s", async (word, output) => {
    const world = createWorld();
    await expect(world.submit({ output })).rejects.toMatchObject({
      code: "invalid_argument",
      message: expect.stringContaining(`output: ${word} needs a conversion`),
    });
    expect(world.paidStarts()).toEqual([]);
  });

  it("is refused before anything is paid when the size does not fit in the bitrate", async () => {
    const world = converting();
    const request = { resolution: "4k", output: { bitrateKbps: 899 } };
    await expect(world.submit(request)).rejects.toMatchObject({
      code: "invalid_argument",
      message: expect.stringContaining("ask for at least 900"),
      details: { field: "output.bitrateKbps" },
    });
    expect(world.paidStarts()).toEqual([]);
  });

  it.each([
    [{ output: { format: "gif", codec: "h265" } }, "neither codec nor bitrateKbps"],
    [{ output: { format: "gif" }, audio: true }, "a GIF has no sound"],
  ])("is refused when it contradicts itself: %j", async (changes, message) => {
    await expect(converting().submit(changes)).rejects.toMatchObject({
      code: "invalid_argument",
      message: expect.stringContaining(message),
    });
  });
});

describe("a conversion that fails", () => {
  it("is tried again from the kept file, without a second download", async () => {
    let failures = 2;
    const world = converting((order) => {
      if (order === "h265" && failures-- > 0) throw new Error("out of memory");
      return {};
    });
    let downloads = 0;
    const { downloads: real } = world.deps;
    Object.assign(world.deps, {
      downloads: {
        open: (...args: Parameters<typeof real.open>) => {
          downloads += 1;
          return real.open(...args);
        },
      },
    });
    const job = await finish(world, { codec: "h265" });
    expect(job).toMatchObject({ status: "completed", attempts: [{ storeTries: 2 }] });
    expect(downloads).toBe(1);
  });

  it.each([
    ["throws", null, "converter: Error: no such filter"],
    ["makes another codec", { codec: "avc1" }, "converted: avc1 instead of h265"],
    ["cuts the video short", { durationSeconds: 1 }, "converted: 1.00 s of 6.00 s"],
    ["makes another shape", { width: 100, height: 400 }, "converted: another ratio"],
    ["makes a broken file", { defect: "truncated" }, "converted: truncated"],
  ])(
    "for good because it %s ends the job without a charge, another provider or a file",
    async (_what, wrong, detail) => {
      const world = converting((order) => {
        if (order !== "h265") return {};
        if (wrong === null) throw new Error("no such filter");
        return wrong;
      });
      const job = await finish(world, { codec: "h265" });
      expect(job).toMatchObject({
        status: "failed",
        chargedCredits: 0,
        output: null,
        error: { code: "conversion_failed", fault: "system", retryable: true },
      });
      expect(job.attempts).toHaveLength(1);
      expect(job.attempts[0]?.failure?.detail).toMatch(new RegExp(`^${detail}`));
      expect(world.paidStarts()).toHaveLength(1);
      for (const end of [".mp4", ".converting.mp4"]) {
        expect(await world.deps.media.stat(path(job.id, end))).toBeNull();
      }
      const { health } = await world.deps.snapshot();
      expect(Object.values(health.circuits).every(({ state }) => state === "closed")).toBe(true);
    },
  );

  it("keeps the original until the last try", async () => {
    const world = converting((order) => (order === "h265" ? { codec: "avc1" } : {}));
    const { id } = await world.submit({ output: { codec: "h265" } });
    while ((await world.job(id)).attempts[0]?.storeTries !== 1) await step(world);
    expect(await world.deps.media.stat(path(id, ".mp4"))).not.toBeNull();
  });
});

describe("a process that dies at any one of its calls while a video is converted", () => {
  const request = { output: { codec: "h265" }, providers: { only: ["runware"] } };

  async function storing() {
    const world = converting();
    const { id } = await world.submit(request);
    while ((await world.job(id)).status !== "storing") await step(world);
    return { world, id };
  }

  it.each(["before", "after"] as const)("%s the call: the job is finished and paid once", async (when) => {
    const first = await storing();
    const immortal = dyingProcess(first.world.deps, { atCall: Number.POSITIVE_INFINITY, when });
    await storeVideo(immortal.deps, first.id);
    expect(immortal.names).toEqual(expect.arrayContaining(["converter.convert", "converter.thumbnail"]));
    for (let atCall = 1; atCall <= immortal.calls(); atCall += 1) {
      const { world, id } = await storing();
      const doomed = dyingProcess(world.deps, { atCall, when });
      await Promise.race([storeVideo(doomed.deps, id), doomed.died]);
      await world.run(3_000);
      const call = doomed.names[atCall - 1];
      expect([call, await world.job(id)]).toMatchObject([
        expect.any(String),
        { status: "completed", output: { codec: "hvc1" } },
      ]);
      expect(world.paidStarts()).toHaveLength(1);
      await expectSettled(world);
    }
  });
});

describe("a handler that was held up", () => {
  it("does not delete the file of a later attempt", async () => {
    const world = createWorld({ faults: ["runway:bad-output=truncated*1"] });
    const { id } = await world.submit();
    while ((await world.job(id)).status !== "storing") await step(world);
    let goOn = () => {};
    const held = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const inspector = {
      ...world.deps.inspector,
      video: async (at: string) => {
        const found = await world.deps.inspector.video(at);
        await held;
        return found;
      },
    };
    const late = storeVideo({ ...world.deps, inspector }, id);
    await world.run(3_000);
    const done = await world.job(id);
    expect(done).toMatchObject({
      status: "completed",
      attempts: [{ state: "failed" }, { state: "succeeded" }],
    });
    goOn();
    await late;
    await expectSettled(world);
  });

  it.each(["before it looks at the bucket", "before it writes"])(
    "%s does not put its file over that of a later attempt",
    async (place) => {
      const world = createWorld({ faults: ["runway:bad-output=truncated*1"] });
      const { id } = await world.submit();
      while ((await world.job(id)).status !== "storing") await step(world);
      let goOn = () => {};
      const held = new Promise<void>((resolve) => {
        goOn = resolve;
      });
      const { media, downloads } = world.deps;
      const slow =
        place === "before it writes"
          ? {
              downloads: {
                ...downloads,
                open: (...of: Parameters<typeof downloads.open>) => held.then(() => downloads.open(...of)),
              },
            }
          : { media: { ...media, stat: (at: string) => held.then(() => media.stat(at)) } };
      const late = storeVideo({ ...world.deps, ...slow }, id);
      await world.run(3_000);
      expect((await world.job(id)).status).toBe("completed");
      goOn();
      await late;
      await expectSettled(world);
    },
  );
});

describe("the picture beside a video", () => {
  it("is the provider's own where there is one", async () => {
    const world = createWorld();
    const { id } = await world.submit({
      kind: "avatar",
      script: "Good morning.",
      prompt: undefined,
      providers: { only: ["heygen"] },
    });
    await world.run(3_000);
    const job = await world.job(id);
    expect(job.output?.thumbnailPath).toBe(path(id, ".jpg"));
    expect(await world.deps.media.stat(path(id, ".jpg"))).toMatchObject({ contentType: "image/png" });
  });

  it("is taken from the video where there is none, and left out where nobody can", async () => {
    const taken = await finish(converting(), {});
    expect(taken.output?.thumbnailPath).toBe(path(taken.id, ".jpg"));
    const none = await finish(createWorld(), {});
    expect(none.output?.thumbnailPath).toBeNull();
  });

  it.each([
    ["cannot be made", null],
    ["is broken", { defect: "truncated" }],
  ])("that %s does not cost the video", async (_what, wrong) => {
    const world = converting((order) => {
      if (order !== "thumbnail") return {};
      if (wrong === null) throw new Error("no frame");
      return wrong;
    });
    const job = await finish(world, {});
    expect(job).toMatchObject({ status: "completed", output: { thumbnailPath: null } });
    expect(await world.deps.media.stat(path(job.id, ".jpg"))).toBeNull();
  });
});

/** To the next task, and no further. */
async function step(world: World): Promise<void> {
  world.advance(Math.max(0, ((world.queue.nextDueAt() ?? world.now()) - world.now()) / 1_000));
  await world.runDue();
}
