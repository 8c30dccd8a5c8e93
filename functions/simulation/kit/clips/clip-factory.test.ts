import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { checkImage } from "../../../src/adapters/media/image-check.js";
import { bufferReader } from "../../../src/adapters/media/media-reader.js";
import { checkMp4 } from "../../../src/adapters/media/mp4-check.js";
import { mismatch } from "../../../src/domain/output/check.js";
import type { FileDefect, SimulatedFile } from "../../vendors/shared/simulator.js";
import { standInTolerance } from "./clip.js";
import { type ClipFactory, createClipFactory } from "./clip-factory.js";

const file: SimulatedFile = {
  vendor: "runway",
  model: "gen4.5",
  id: "d2e3d1f4-1b3c-4b5c-8d46-1c1d7ce86892",
  medium: "video",
  width: 1280,
  height: 720,
  durationSeconds: 5,
  audio: false,
};
const asked = { width: 1280, height: 720, durationSeconds: 5 };

describe("the clip factory", () => {
  let directory: string;
  let factory: ClipFactory;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "clips-"));
    factory = createClipFactory({ cacheDirectory: directory });
  });

  afterAll(async () => {
    await factory.close();
    await rm(directory, { recursive: true });
  });

  async function render(changes: Partial<SimulatedFile> = {}): Promise<Buffer> {
    const rendered = await factory.render({ ...file, ...changes });
    if (rendered === null) throw new Error("there is no file");
    return Buffer.from(rendered.bytes);
  }

  async function checkDefect(defect: FileDefect, medium: SimulatedFile["medium"] = "video") {
    const reader = bufferReader(await render({ defect, medium }));
    return medium === "video" ? checkMp4(reader) : checkImage(reader);
  }

  async function mismatchOf(changes: Partial<SimulatedFile>, wanted = asked) {
    const check = await checkMp4(bufferReader(await render(changes)));
    if (!check.ok) throw new Error(`the file is ${check.defect}`);
    const { width, height, durationSeconds } = wanted;
    return mismatch(
      check.facts,
      {
        model: "runway:gen4.5",
        mode: "text",
        text: "A paper boat",
        size: { ratio: "16:9", resolution: "720p", width, height },
        durationSeconds,
        audio: false,
      },
      standInTolerance,
    );
  }

  async function factsOf(changes: Partial<SimulatedFile> = {}) {
    const check = await checkMp4(bufferReader(await render(changes)));
    if (!check.ok) throw new Error(`the file is ${check.defect}`);
    return check.facts;
  }

  it("makes an MP4 of the length and ratio that were asked for", async () => {
    const facts = await factsOf();
    expect(facts).toMatchObject({
      codec: "avc1",
      width: 640,
      height: 360,
      hasAudio: false,
    });
    expect(facts?.durationSeconds).toBeCloseTo(5, 2);
    expect(facts?.fps).toBeCloseTo(12, 2);
  });

  it("makes upright, square and long clips that pass the check", async () => {
    expect(await mismatchOf({ width: 720, height: 1280 }, { ...asked, width: 720, height: 1280 })).toBeNull();
    expect(await mismatchOf({ width: 960, height: 960 }, { ...asked, width: 960, height: 960 })).toBeNull();
    expect(await mismatchOf({ width: 1680, height: 720 }, { ...asked, width: 21, height: 9 })).toBeNull();
    expect(await mismatchOf({ durationSeconds: 60 }, { ...asked, durationSeconds: 60 })).toBeNull();
    expect(await mismatchOf({ durationSeconds: 1 }, { ...asked, durationSeconds: 1 })).toBeNull();
  });

  it("adds sound only when it was asked for", async () => {
    const check = await checkMp4(bufferReader(await render({ audio: true })));
    expect(check).toMatchObject({ ok: true, facts: { hasAudio: true } });
  });

  it("puts the index in front and marks one key frame a second", async () => {
    const bytes = await render();
    expect(bytes.indexOf("moov")).toBeLessThan(bytes.indexOf("mdat"));
    const syncTable = bytes.indexOf("stss");
    expect(bytes.readUInt32BE(syncTable + 8)).toBe(5);
  });

  it("says in the metadata which generation it stands for", async () => {
    const bytes = await render();
    expect(bytes.includes(file.id)).toBe(true);
    expect(bytes.includes("SIMULATED")).toBe(true);
  });

  it.each([false, true])("makes equal bytes of equal descriptions (audio: %s)", async (audio) => {
    const otherDirectory = await mkdtemp(join(tmpdir(), "clips-"));
    const other = createClipFactory({ cacheDirectory: otherDirectory });
    const again = await other.render({ ...file, audio });
    await other.close();
    await rm(otherDirectory, { recursive: true });
    expect((await render({ audio })).equals(Buffer.from(again?.bytes ?? []))).toBe(true);
  });

  it("draws the id, so that two generations differ", async () => {
    expect((await render()).equals(await render({ id: "another" }))).toBe(false);
  });

  it("renders once when many ask at the same time, and keeps the result", async () => {
    const before = (await readdir(directory)).length;
    const copies = await Promise.all([1, 2, 3].map(() => render({ id: "popular" })));
    expect(copies.every((copy) => copy.equals(copies[0] ?? Buffer.alloc(0)))).toBe(true);
    expect(await readdir(directory)).toHaveLength(before + 1);
  });

  it.each([
    ["empty", "empty"],
    ["html", "not_mp4"],
    ["truncated", "truncated"],
    ["corrupt", "corrupt"],
  ] as const)("makes a defect %s that the check calls %s", async (defect, word) => {
    expect(await checkDefect(defect)).toMatchObject({ ok: false, defect: word });
  });

  it("makes clips that are too short or of another ratio, which the comparison sees", async () => {
    expect(await mismatchOf({ defect: "short" })).toContain("s instead of");
    expect(await mismatchOf({ defect: "wrong-ratio" })).toContain("ratio");
    const square = { width: 960, height: 960 };
    expect(await mismatchOf({ ...square, defect: "wrong-ratio" }, { ...asked, ...square })).toContain(
      "ratio",
    );
  });

  it("has no file when the file is missing", async () => {
    expect(await factory.render({ ...file, defect: "missing" })).toBeNull();
  });

  it("makes a PNG for a still picture", async () => {
    const rendered = await factory.render({ ...file, medium: "image" });
    expect(rendered?.contentType).toBe("image/png");
    const check = await checkImage(bufferReader(await render({ medium: "image" })));
    expect(check).toEqual({ ok: true, facts: { format: "png", width: 640, height: 360 } });
  });

  it.each([
    ["empty", "empty"],
    ["html", "not_image"],
    ["truncated", "truncated"],
    ["corrupt", "corrupt"],
  ] as const)("makes a picture with the defect %s that the check calls %s", async (defect, word) => {
    expect(await checkDefect(defect, "image")).toMatchObject({ ok: false, defect: word });
  });

  it("refuses work after it was closed", async () => {
    const closed = createClipFactory({ cacheDirectory: join(directory, "closed") });
    await closed.close();
    await expect(closed.render(file)).rejects.toThrow("the encoder is closed");
  });
});
