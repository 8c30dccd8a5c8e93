import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { checkWorker } from "../../../simulation/kit/check-worker.js";
import { type ClipFactory, createClipFactory } from "../../../simulation/kit/clips/clip-factory.js";
import { memoryMediaStore } from "../../../simulation/memory/memory-ports.js";
import type { FileDefect, SimulatedFile } from "../../../simulation/vendors/shared/simulator.js";
import type { MediaStore } from "../../engine/ports/media-store.js";
import { createInspector } from "./inspector.js";

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

describe("inspecting a stored video", () => {
  let directory: string;
  let factory: ClipFactory;
  let reads: number;
  let media: MediaStore;
  let worker: URL;

  beforeAll(async () => {
    worker = await checkWorker();
    directory = await mkdtemp(join(tmpdir(), "inspector-"));
    factory = createClipFactory({ cacheDirectory: directory });
    const store = memoryMediaStore();
    media = {
      ...store,
      read(path, offset, length) {
        reads += 1;
        return store.read(path, offset, length);
      },
    };
  });

  afterAll(async () => {
    await factory.close();
    await rm(directory, { recursive: true });
  });

  async function inspect(defect?: FileDefect) {
    const rendered = await factory.render(defect === undefined ? file : { ...file, defect });
    const source = Readable.from([Buffer.from(rendered?.bytes ?? [])]);
    const options = { contentType: "video/mp4" as const, maxBytes: 1e8, public: false, metadata: {} };
    await media.write("videos/a.mp4", source, options);
    reads = 0;
    return createInspector(media, { worker }).video("videos/a.mp4");
  }

  it("tells exactly what the job records of it", async () => {
    const inspection = await inspect();
    if (!inspection.ok) throw new Error(inspection.detail);
    const { facts } = inspection;
    expect(Object.keys(facts).sort()).toEqual(["codec", "durationSeconds", "hasAudio", "height", "width"]);
    expect(facts.width / facts.height).toBeCloseTo(16 / 9, 2);
    expect(facts.durationSeconds).toBeCloseTo(5, 1);
  });

  it("reads a small file from the bucket in one request", async () => {
    await inspect();
    expect(reads).toBe(1);
  });

  it.each(["empty", "truncated", "html", "corrupt"] as const)(
    "finds out that a file is %s",
    async (defect) => {
      expect(await inspect(defect)).toMatchObject({ ok: false });
    },
  );

  it("blames no file that could not be read", async () => {
    await inspect();
    const unreadable = { ...media, read: () => Promise.reject(new Error("the bucket is away")) };
    await expect(createInspector(unreadable, { worker }).video("videos/a.mp4")).rejects.toThrow();
    await expect(createInspector(media, { worker }).video("videos/none.mp4")).rejects.toThrow(
      "no complete file",
    );
  });
});
