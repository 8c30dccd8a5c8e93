import { Readable } from "node:stream";
import type { ConverterCapability } from "../../src/domain/output/conversion.js";
import type { ConversionTarget, Converter } from "../../src/engine/ports/converter.js";
import type { MediaStore } from "../../src/engine/ports/media-store.js";
import { readDescription } from "./described-files.js";

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
