import type { ModeName } from "../../domain/provider/model.js";

/**
 * How one model wants to be asked. The vendor refuses any field that a model does not declare
 * (`unsupportedParameter`), so this is a table and never a superset.
 */
export interface RequestShape {
  /** How a size is told: in pixels (the default), by its resolution's name, or not at all. */
  readonly size?: Partial<Record<ModeName, "resolution" | "none">>;
  /** The place of the sound switch; absent for a model that has none. */
  readonly audio?: "google" | "klingai" | "settings";
  /** `numberResults` is 1 by default; it is named where the vendor's own examples name it. */
  readonly namesCount?: true;
  /** File format to ask for; absent where the examples leave it to the model. */
  readonly format?: "MP4" | "JPG";
}

const veo: RequestShape = { audio: "google", namesCount: true, format: "MP4" };
// With a picture given, its shape decides: width and height are refused (docs of 2026-09-24).
const kling: RequestShape = { audio: "klingai", format: "MP4", size: { image: "none", frames: "none" } };

/** By the vendor's model name. */
export const requestShapes: Readonly<Record<string, RequestShape>> = {
  "google:3@2": veo,
  // Pictures or pixels, never both (docs of 2026-11-21).
  "google:3@3": { ...veo, size: { image: "resolution", frames: "resolution" } },
  "google:veo@3.1-lite": { ...veo, size: { frames: "resolution" } },
  "klingai:kling-video@3-standard": kling,
  "klingai:kling-video@3-pro": kling,
  "pixverse:1@3": { format: "MP4" },
  "pixverse:1@5": { format: "MP4" },
  "pixverse:1@8": { format: "MP4" },
  "bytedance:2@1": { format: "MP4" },
  "bytedance:seedance@2.0": {
    audio: "settings",
    format: "MP4",
    size: { image: "resolution", frames: "resolution" },
  },
  "openai:3@1": { format: "MP4" },
  // Derives its size from the picture; only 1@2 declares width and height as required.
  "runway:1@1": { format: "MP4", size: { image: "none" } },
  "runway:1@2": { format: "MP4" },
  "runware:101@1": { namesCount: true, format: "JPG" },
  "google:4@3": {},
};
