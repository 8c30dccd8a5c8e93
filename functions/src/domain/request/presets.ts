import type { Ratio, Resolution } from "../provider/resolution.js";

/** What a place where videos are shown is usually given. Any of it can be asked for by itself instead. */
interface Preset {
  readonly aspectRatio: Ratio;
  readonly resolution: Resolution;
  readonly durationSeconds: number;
  readonly strategy: "default" | "creative" | "precise";
  /** A ceiling. Where nobody can convert here, the provider's own bitrate stands, and that is told. */
  readonly output: { readonly bitrateKbps: number };
}

const upright = {
  aspectRatio: "9:16",
  resolution: "1080p",
  durationSeconds: 30,
  strategy: "creative",
  output: { bitrateKbps: 5_000 },
} as const satisfies Preset;

/** The first row has the defaults of the system that this one replaces; the others are near it (2026-11). */
const presets = {
  "instagram-reel": upright,
  "instagram-story": { ...upright, durationSeconds: 15 },
  "instagram-post": { ...upright, aspectRatio: "1:1", durationSeconds: 15 },
  tiktok: upright,
  "youtube-short": upright,
  // 8 Mbit/s is what YouTube recommends for 1080p (its help page on upload encoding, read 2026-11).
  youtube: { ...upright, aspectRatio: "16:9", strategy: "default", output: { bitrateKbps: 8_000 } },
  linkedin: { ...upright, aspectRatio: "16:9", strategy: "default" },
} as const satisfies Record<string, Preset>;

export type PresetName = keyof typeof presets;
export const presetNames = Object.keys(presets) as [PresetName, ...PresetName[]];

export type PresetKind = "text" | "image" | "frames" | "avatar" | "scene";

/**
 * The kinds of request that a value is meant for. Only text and image can be longer than one generation;
 * a script decides itself how long it takes. The pixels of a scene follow from its ratio, and its file is
 * left as it is made. A new value does not compile without its line.
 */
const meantFor = {
  aspectRatio: ["text", "image", "frames", "avatar", "scene"],
  resolution: ["text", "image", "frames", "avatar"],
  durationSeconds: ["text", "image"],
  strategy: ["text", "image", "frames", "avatar", "scene"],
  output: ["text", "image", "frames", "avatar"],
} as const satisfies Record<keyof Preset, readonly PresetKind[]>;

/** The values that a preset has for a kind of request; none for a name that is no preset. */
export function presetValues(name: unknown, kind: unknown): Partial<Preset> {
  if (!isPreset(name)) return {};
  const values = Object.entries(presets[name]).filter(([value]) => {
    const kinds: readonly unknown[] = meantFor[value as keyof Preset];
    return kinds.includes(kind);
  });
  return Object.fromEntries(values);
}

/** An input with the values of the preset that it names behind those that it has itself. */
export function withPreset(input: unknown, kind: unknown): unknown {
  return isObject(input) ? { ...presetValues(own(input, "preset"), kind), ...input } : input;
}

export function isObject(input: unknown): input is object {
  return typeof input === "object" && input !== null && !Array.isArray(input);
}

export function own(input: object, name: string): unknown {
  return Object.hasOwn(input, name) ? Reflect.get(input, name) : undefined;
}

function isPreset(name: unknown): name is PresetName {
  return typeof name === "string" && Object.hasOwn(presets, name);
}
