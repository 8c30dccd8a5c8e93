import { Readable } from "node:stream";
import type { Chance } from "../../bench/chance.js";
import { sha256 } from "../../domain/hash.js";
import type { Inspection } from "../../domain/output/check.js";
import { DownloadError, type Downloads } from "../../engine/ports/downloads.js";
import type { Inspector } from "../../engine/ports/inspector.js";
import type { MediaStore, StoredObject } from "../../engine/ports/media-store.js";
import type { SimulatedFile } from "../../providers/shared/simulator.js";
import type { Swarm } from "../swarm.js";
import type { VirtualTime } from "../virtual-time.js";

interface StoredFile {
  readonly object: StoredObject;
  readonly file: SimulatedFile;
}

/** Files without bytes: their description stands for them on the whole way from vendor to bucket. */
export interface FileWorld {
  readonly media: MediaStore;
  readonly downloads: Downloads;
  readonly inspector: Inspector;
  /** Where a vendor says that its file lies. */
  publish(file: SimulatedFile): string;
  /** What really lies at a path of the bucket. */
  look(path: string): StoredFile | undefined;
}

const origin = "https://files.example.test/";
const replaced = "it is another object by now";
const downloadErrors = ["expired", "unreachable", "incomplete", "refused", "too_large"] as const;

export function createFileWorld(options: {
  time: VirtualTime;
  chance: Chance;
  swarm: Swarm;
  isCalm: () => boolean;
}): FileWorld {
  const { time, chance, swarm, isCalm } = options;
  const published: SimulatedFile[] = [];
  const addresses = new Map<string, string>();
  const inTransit = new WeakMap<Readable, SimulatedFile>();
  const bucket = new Map<string, StoredFile>();

  const media: MediaStore = {
    async write(path, source, { contentType, metadata, replaces }) {
      const file = inTransit.get(source);
      if (file === undefined) throw new Error("bytes from nowhere");
      // As in the real bucket: only the object that was there at the beginning is replaced.
      const before = bucket.get(path);
      if (replaces !== undefined && before?.object.sha256 !== replaces?.sha256) throw new Error(replaced);
      if (swarm.latency !== "none") await time.sleep(chance.logBetween(100, 20_000));
      if (bucket.get(path) !== before) throw new Error(replaced);
      const text = JSON.stringify(file);
      const bytes = file.defect === "empty" ? 0 : text.length;
      const object = { path, bytes, sha256: sha256(text), contentType, metadata };
      bucket.set(path, { object, file });
      return object;
    },
    stat: async (path) => bucket.get(path)?.object ?? null,
    async read() {
      throw new Error("nobody reads the bytes of a described file");
    },
    signedUrl: async (path) => origin + path,
    publicUrl: async (path) => origin + path,
    async delete(path, only) {
      if (only === undefined || bucket.get(path)?.object.sha256 === only.sha256) bucket.delete(path);
    },
  };

  return {
    media,
    downloads: {
      async open(url) {
        if (!isCalm() && chance.happens(swarm.rates.downloadFails)) {
          throw new DownloadError(chance.pick(downloadErrors), "made so");
        }
        const file = published[Number(url.slice(origin.length))];
        if (file === undefined || file.defect === "missing") throw new DownloadError("expired", "404");
        const stream = new Readable({ read() {} });
        inTransit.set(stream, file);
        return { stream, contentType: file.medium === "video" ? "video/mp4" : "image/png", bytes: null };
      },
    },
    inspector: {
      async video(path) {
        const found = bucket.get(path);
        if (found === undefined) throw new Error(`there is no file ${path}`);
        return inspect(found.file);
      },
      async picture(path) {
        const file = bucket.get(path)?.file;
        if (file?.medium !== "image" || file.defect !== undefined) return null;
        return { contentType: "image/png", width: file.width, height: file.height };
      },
    },
    publish(file) {
      const known = addresses.get(file.id + file.medium);
      if (known !== undefined) return known;
      const url = origin + published.length;
      published.push(file);
      addresses.set(file.id + file.medium, url);
      return url;
    },
    look: (path) => bucket.get(path),
  };
}

/** What a look at the bytes would show. */
export function inspect(file: SimulatedFile): Inspection {
  const { width, height, durationSeconds, audio, defect } = file;
  const facts = { width, height, durationSeconds, codec: "avc", hasAudio: audio };
  switch (defect) {
    case "empty":
    case "truncated":
    case "corrupt":
      return { ok: false, defect, detail: "made so" };
    case "html":
      return { ok: false, defect: "not_mp4", detail: "made so" };
    case "short":
      return { ok: true, facts: { ...facts, durationSeconds: durationSeconds / 4 } };
    case "wrong-ratio":
      return { ok: true, facts: { ...facts, width: height, height: width } };
    default:
      return { ok: true, facts };
  }
}
