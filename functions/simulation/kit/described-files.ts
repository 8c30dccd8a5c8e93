import { Readable } from "node:stream";
import { z } from "zod";
import type { Inspection } from "../../src/domain/output/check.js";
import type { ConverterCapability } from "../../src/domain/output/conversion.js";
import type { ConversionTarget, Converter } from "../../src/engine/ports/converter.js";
import { DownloadError, type Downloads } from "../../src/engine/ports/downloads.js";
import type { Inspector } from "../../src/engine/ports/inspector.js";
import type { MediaStore } from "../../src/engine/ports/media-store.js";
import { fileDefects, type SimulatedFile } from "../vendors/shared/simulator.js";
import { fileUrl } from "./vendor-host.js";

type Described = Pick<SimulatedFile, "width" | "height" | "durationSeconds" | "audio"> & {
  readonly defect?: SimulatedFile["defect"] | undefined;
};

/** What a look at the bytes of a simulated video would show. `codec` is spelled as in a file. */
export function inspectSimulated(file: Described, codec = "avc1"): Inspection {
  const { width, height, durationSeconds, audio, defect } = file;
  const facts = { width, height, durationSeconds, codec, hasAudio: audio };
  switch (defect) {
    case "empty":
    case "truncated":
    case "corrupt":
      return { ok: false, defect, detail: "made so" };
    case "html":
      return { ok: false, defect: "not_mp4", detail: "made so" };
    case "short":
      return { ok: true, facts: { ...facts, durationSeconds: durationSeconds / 4 } };
    case "small":
      return { ok: true, facts: { ...facts, width: width / 2, height: height / 2 } };
    case "wrong-ratio":
      return { ok: true, facts: { ...facts, width: height, height: width } };
    default:
      return { ok: true, facts };
  }
}

const origin = "https://files.example.test";

const described = z.object({
  width: z.number(),
  height: z.number(),
  durationSeconds: z.number(),
  audio: z.boolean(),
  medium: z.enum(["video", "image"]).default("video"),
  /** As a file spells it; providers make H.264. */
  codec: z.string().default("avc1"),
  defect: z.enum(fileDefects).optional(),
});

export const pngSignature = "\x89PNG\r\n\x1a\n";

/** Where a simulator says that its file lies. */
export function describedFileUrl(file: SimulatedFile): string {
  return fileUrl(origin, file);
}

/** Serves the description of a file in place of its bytes. `fail` may make a download go wrong. */
export function describedDownloads(fail: () => DownloadError | undefined): Downloads {
  return {
    async open(url) {
      const failure = fail();
      if (failure !== undefined) throw failure;
      const text = Buffer.from(
        url.slice(url.lastIndexOf("/") + 1).split(".")[0] ?? "",
        "base64url",
      ).toString();
      const { defect, medium } = described.parse(JSON.parse(text));
      if (defect === "missing") throw new DownloadError("expired", "404");
      const contentType = medium === "video" ? "video/mp4" : "image/png";
      const bytes = Buffer.from(`${medium === "video" ? "" : pngSignature}${text}`, "latin1");
      return { stream: Readable.from([bytes]), contentType, bytes: bytes.length };
    },
  };
}

async function readDescription(media: MediaStore, path: string): Promise<z.output<typeof described>> {
  const text = (await media.read(path, 0, 10_000)).toString("latin1");
  return described.parse(JSON.parse(text.slice(text.indexOf("{"))));
}

/** Finds in a stored description what a real inspector finds in a file. */
export function describedInspector(media: MediaStore): Inspector {
  return {
    async picture(path) {
      const { width, height, defect } = await readDescription(media, path);
      return defect === undefined ? { contentType: "image/png", width, height } : null;
    },
    async video(path) {
      const { codec, ...file } = await readDescription(media, path);
      return inspectSimulated(file, codec);
    },
  };
}

export interface DescribedConverter extends Converter {
  /** What it was asked to do, oldest first. */
  readonly orders: readonly string[];
}

/** Converts descriptions of files. `spoil` may make a result wrong, or throw. */
export function describedConverter(
  media: MediaStore,
  options: {
    capabilities?: readonly ConverterCapability[];
    spoil?: (order: string) => Record<string, unknown>;
  } = {},
): DescribedConverter {
  const orders: string[] = [];
  const { capabilities = ["h264", "h265", "gif", "thumbnail"], spoil = () => ({}) } = options;

  async function make(order: string, from: string, changes: object, { path, ...target }: ConversionTarget) {
    orders.push(order);
    const description = { ...(await readDescription(media, from)), ...changes, ...spoil(order) };
    return media.write(path, Readable.from([Buffer.from(JSON.stringify(description))]), target);
  }

  return {
    name: "described",
    capabilities: new Set(capabilities),
    minSeconds: 0,
    orders,
    convert(source, spec, target) {
      const changes =
        spec.format === "gif"
          ? { codec: "gif", audio: false }
          : { codec: spec.codec === "h265" ? "hvc1" : "avc1" };
      return make(spec.format === "gif" ? "gif" : spec.codec, source.path, changes, target);
    },
    async join(parts, target) {
      const durationSeconds = parts.reduce((sum, { facts }) => sum + facts.durationSeconds, 0);
      return make(`join ${parts.length}`, parts[0]?.path ?? "", { durationSeconds }, target);
    },
    lastFrame: (source, target) =>
      make("lastFrame", source.path, { medium: "image" }, { ...target, contentType: "image/png" }),
    thumbnail: (source, target) =>
      make("thumbnail", source.path, { medium: "image" }, { ...target, contentType: "image/png" }),
  };
}
