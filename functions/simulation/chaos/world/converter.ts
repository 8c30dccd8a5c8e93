import type { ConverterCapability } from "../../../src/domain/output/conversion.js";
import type { Converter } from "../../../src/engine/ports/converter.js";
import type { SimulatedFile } from "../../vendors/shared/simulator.js";
import type { FileWorld } from "./files.js";

/** Makes descriptions of files of others. */
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
      throw new Error("nobody wishes for a conversion");
    },
    async join(parts, { path, ...options }) {
      const whole = joined(parts.map(fileAt));
      return media.write(path, streamOf(whole), options);
    },
    async lastFrame(source, { path, ...options }) {
      return media.write(path, streamOf({ ...fileAt(source), medium: "image" }), options);
    },
    async thumbnail() {
      throw new Error("nobody wishes for a picture of it");
    },
  };
}

/** Tells by its id what it was made of, in which order. */
export function joined(files: readonly SimulatedFile[]): SimulatedFile {
  const [first] = files;
  if (first === undefined) throw new Error("nothing to join");
  const durationSeconds = files.reduce((sum, file) => sum + file.durationSeconds, 0);
  return { ...first, id: files.map(({ id }) => id).join("+"), durationSeconds };
}
