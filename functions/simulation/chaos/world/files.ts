import { Readable } from "node:stream";
import { sha256 } from "../../../src/domain/hash.js";
import type { ConverterCapability } from "../../../src/domain/output/conversion.js";
import type { Converter } from "../../../src/engine/ports/converter.js";
import { DownloadError, type Downloads } from "../../../src/engine/ports/downloads.js";
import type { Inspector } from "../../../src/engine/ports/inspector.js";
import {
  type MediaStore,
  ObjectReplacedError,
  type StoredObject,
} from "../../../src/engine/ports/media-store.js";
import type { Chance } from "../../kit/chance.js";
import { inspectSimulated, pngSignature } from "../../kit/described-files.js";
import type { VirtualTime } from "../../kit/virtual-time.js";
import type { SimulatedFile } from "../../vendors/shared/simulator.js";
import type { Swarm } from "../swarm.js";

interface StoredFile {
  readonly object: StoredObject;
  /** `undefined` for what no vendor makes, such as a list of segments. */
  readonly file: SimulatedFile | undefined;
  readonly text: string;
}

/** Files without bytes: a description stands for the file all the way from vendor to bucket. */
export interface FileWorld {
  readonly media: MediaStore;
  readonly downloads: Downloads;
  readonly inspector: Inspector;
  /** Where a vendor says that its file lies. */
  publish(file: SimulatedFile): string;
  /** The file on its way to the bucket. */
  streamOf(file: SimulatedFile): Readable;
  /** What really lies at a path of the bucket. */
  look(path: string): StoredFile | undefined;
  paths(): readonly string[];
}

const origin = "https://files.example.test/";
const slowDownloadMs = [20_000, 1_500_000] as const;
/** What is given in place of a file once; `null` for an answer that cannot be read. */
const firstDefects = ["truncated", "empty", "html", null] as const;
const downloadErrors = ["expired", "unreachable", "incomplete", "refused", "too_large"] as const;

export function createFileWorld(options: {
  time: VirtualTime;
  chance: Chance;
  swarm: Swarm;
  areFaultsStopped: () => boolean;
}): FileWorld {
  const { time, chance, swarm, areFaultsStopped } = options;
  const published: SimulatedFile[] = [];
  const addresses = new Map<string, string>();
  /** URLs that were opened before. */
  const opened = new Set<string>();
  const inTransit = new WeakMap<Readable, SimulatedFile>();
  const bucket = new Map<string, StoredFile>();
  /** Files by their text. */
  const described = new Map<string, SimulatedFile>();

  function describe(file: SimulatedFile): string {
    const text = JSON.stringify(file);
    described.set(text, file);
    return text;
  }

  /** The bytes are made on the first read; most files are never read. */
  function streamOf(file: SimulatedFile): Readable {
    const stream = new Readable({
      read() {
        this.push(Buffer.from(contentOf(file, describe(file)), "latin1"));
        this.push(null);
      },
    });
    inTransit.set(stream, file);
    return stream;
  }

  async function textOf(source: Readable): Promise<string> {
    const file = inTransit.get(source);
    if (file !== undefined) return describe(file);
    let content = "";
    for await (const chunk of source) content += Buffer.from(chunk).toString("latin1");
    return content.startsWith(pngSignature) ? content.slice(pngSignature.length) : content;
  }

  const media: MediaStore = {
    async write(path, source, { contentType, metadata, replaces }) {
      const text = await textOf(source);
      const file = described.get(text);
      // As in the real bucket: only the object that was there at the beginning is replaced.
      const before = bucket.get(path);
      if (replaces !== undefined && before?.object.sha256 !== replaces?.sha256)
        throw new ObjectReplacedError(path);
      if (swarm.latency !== "none") await time.sleep(chance.logBetween(100, 20_000));
      if (bucket.get(path) !== before) throw new ObjectReplacedError(path);
      const bytes = file?.defect === "empty" ? 0 : text.length;
      const object = { path, bytes, sha256: sha256(text), contentType, metadata };
      bucket.set(path, { object, file, text });
      return object;
    },
    stat: async (path) => bucket.get(path)?.object ?? null,
    async read(path, offset, length) {
      const found = bucket.get(path);
      if (found === undefined) throw new Error(`there is no file ${path}`);
      return Buffer.from(found.text.slice(offset, offset + length), "latin1");
    },
    signedUrl: async (path) => origin + path,
    publicUrl: async (path) => (swarm.opensPictures ? origin + path : null),
    list: async (prefix, limit, after) =>
      [...bucket.keys()]
        .filter((path) => path.startsWith(prefix) && (after === null || path > after))
        .sort()
        .slice(0, limit)
        .map((path) => ({ path, bytes: bucket.get(path)?.object.bytes ?? 0 })),
    async delete(path, only) {
      if (only === undefined || bucket.get(path)?.object.sha256 === only.sha256) bucket.delete(path);
    },
  };

  return {
    media,
    downloads: {
      async open(url) {
        if (!areFaultsStopped() && chance.happens(swarm.rates.downloadFails)) {
          throw new DownloadError(chance.pick(downloadErrors), "made so");
        }
        if (!areFaultsStopped() && chance.happens(swarm.rates.downloadSlow)) {
          await time.sleep(chance.logBetween(...slowDownloadMs));
        }
        const file = published[Number(url.slice(origin.length))];
        if (file === undefined || file.defect === "missing") throw new DownloadError("expired", "404");
        const contentType = file.medium === "video" ? "video/mp4" : "image/png";
        const isFirst = !opened.has(url);
        opened.add(url);
        if (
          isFirst &&
          !areFaultsStopped() &&
          swarm.firstDownloadBad > 0 &&
          chance.happens(swarm.firstDownloadBad)
        ) {
          const defect = chance.pick(firstDefects);
          if (defect === null) throw new DownloadError("refused", "packed", true);
          return { stream: streamOf({ ...file, defect }), contentType, bytes: null };
        }
        return { stream: streamOf(file), contentType, bytes: null };
      },
    },
    inspector: {
      async video(path) {
        const found = bucket.get(path);
        if (found?.file === undefined) throw new Error(`there is no video ${path}`);
        return inspectSimulated(found.file);
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
    streamOf,
    look: (path) => bucket.get(path),
    paths: () => [...bucket.keys()],
  };
}

/** The content of a download, as far as the engine looks at it. */
function contentOf({ medium, defect }: SimulatedFile, text: string): string {
  if (defect === "empty") return "";
  if (defect === "html") return "<html></html>";
  const whole = medium === "image" ? pngSignature + text : text;
  return defect === "truncated" ? whole.slice(0, whole.length / 2) : whole;
}

/** Converts descriptions of files instead of files. */
export function createChaosConverter(
  { media, streamOf, look }: FileWorld,
  capabilities: readonly ConverterCapability[],
): Converter {
  function fileAt({ path }: { readonly path: string }): SimulatedFile {
    const file = look(path)?.file;
    if (file === undefined) throw new Error(`there is no video ${path}`);
    return file;
  }

  return {
    name: "described",
    capabilities: new Set(capabilities),
    minSeconds: 0,
    async convert() {
      throw new Error("no request asks for a conversion");
    },
    async join(parts, { path, ...options }) {
      const whole = joined(parts.map(fileAt));
      return media.write(path, streamOf(whole), options);
    },
    async lastFrame(source, { path, ...options }) {
      return media.write(path, streamOf({ ...fileAt(source), medium: "image" }), options);
    },
    async thumbnail() {
      throw new Error("no request asks for a thumbnail");
    },
  };
}

/** Its id names the files that it was made of, in their order. */
export function joined(files: readonly SimulatedFile[]): SimulatedFile {
  const [first] = files;
  if (first === undefined) throw new Error("nothing to join");
  const durationSeconds = files.reduce((sum, file) => sum + file.durationSeconds, 0);
  return { ...first, id: files.map(({ id }) => id).join("+"), durationSeconds };
}
