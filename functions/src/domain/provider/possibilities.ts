import type { Catalogue } from "./catalogue.js";
import type { ModeName } from "./model.js";

/** What could be asked for in a mode, over all models that have a key here. */
export interface Possibilities {
  readonly aspectRatios: readonly string[];
  readonly resolutions: readonly string[];
  readonly minSeconds: number;
  readonly maxSeconds: number;
  readonly audio: boolean;
  /** Of the prompt or script, in characters as the vendor counts them. */
  readonly minCharacters: number;
  readonly maxCharacters: number;
}

export function possibilities(catalogue: Catalogue, mode: ModeName): Possibilities {
  const modes = catalogue.entries
    .filter((entry) => entry.configured)
    .flatMap((entry) => entry.model.modes[mode] ?? []);
  const sizes = modes.flatMap((entry) => entry.sizes);
  const seconds = modes.flatMap(({ durations }) => {
    if (durations.type === "discrete") return durations.seconds;
    if (durations.type === "range") return [durations.minSeconds, durations.maxSeconds];
    return durations.type === "script" ? [1, durations.maxSeconds] : [];
  });
  return {
    aspectRatios: [...new Set(sizes.map((size) => size.ratio))],
    resolutions: [...new Set(sizes.map((size) => size.resolution))],
    minSeconds: seconds.length === 0 ? 0 : Math.min(...seconds),
    maxSeconds: seconds.length === 0 ? 0 : Math.max(...seconds),
    audio: modes.some((entry) => entry.audio !== "none"),
    minCharacters: modes.length === 0 ? 0 : Math.min(...modes.map(({ textMin = 1 }) => textMin)),
    maxCharacters: Math.max(0, ...modes.map(({ textLimit }) => textLimit.max)),
  };
}

export function describePossibilities(possible: Possibilities): string {
  if (possible.aspectRatios.length === 0) return "nothing of this kind";
  return [
    `ratio ${possible.aspectRatios.join(" ")}`,
    `resolution ${possible.resolutions.join(" ")}`,
    `${possible.minSeconds} to ${possible.maxSeconds} s`,
    possible.audio ? "with or without sound" : "without sound",
    `text of ${possible.minCharacters} to ${possible.maxCharacters} characters`,
  ].join(", ");
}
