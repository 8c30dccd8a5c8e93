import type { Inspection } from "../../src/domain/output/check.js";
import type { SimulatedFile } from "../vendors/shared/simulator.js";

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
    case "wrong-ratio":
      return { ok: true, facts: { ...facts, width: height, height: width } };
    default:
      return { ok: true, facts };
  }
}
