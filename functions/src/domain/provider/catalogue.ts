import { RequestError } from "../errors.js";
import { didYouMean } from "../nearest.js";
import { shown } from "../shown.js";
import type { Durations, Mode, ModeName, Price, ProviderModel } from "./model.js";
import { ratioValue, type Size } from "./resolution.js";

/** All models of all vendors, with what their vendors say of themselves. Built once at start. */
export interface Catalogue {
  readonly entries: readonly CatalogueEntry[];
  /** Providers in the order in which their vendors are listed. */
  readonly providers: readonly string[];
  /** Names of providers as people know them; the id stands in where there is none. */
  readonly labels?: Readonly<Record<string, string>>;
}

export interface CatalogueEntry {
  readonly model: ProviderModel;
  /** Has its vendor a key here? */
  readonly configured: boolean;
  /** The vendor's place in the default order, 1 first. */
  readonly priority: number;
  readonly affinities: Readonly<Record<string, number>>;
}

/** Ids that a caller may name in `providers`, for the message when one is wrong. */
export function knownIds(catalogue: Catalogue): readonly string[] {
  return [...catalogue.providers, ...catalogue.entries.map((entry) => entry.model.id)];
}

/** Refuses names that mean nobody, before they silently match nothing. Throws `RequestError`. */
export function checkKnown(field: string, names: readonly string[], known: readonly string[]): void {
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  const [first = ""] = unknown;
  const others = unknown.length === 1 ? "" : ` and ${unknown.length - 1} more`;
  throw new RequestError(
    "invalid_argument",
    `${field}: unknown ${shown(first)}${didYouMean(first, known)}${others}; known are ${known.join(", ")}`,
    { field, unknown, known },
  );
}

/**
 * What is wrong with the rows, one sentence each; empty when they can be used. A wrong price or
 * size is a typing mistake that would cost money quietly, so it stops the start instead.
 */
export function catalogueProblems(catalogue: Catalogue): string[] {
  const ids = knownIds(catalogue);
  const repeated = new Set(ids.filter((id, index) => ids.indexOf(id) !== index));
  return [
    ...[...repeated].map((id) => `${id} is listed twice`),
    ...catalogue.entries.flatMap(({ model, affinities }) => [
      ...modelProblems(model).map((problem) => `${model.id}: ${problem}`),
      ...Object.entries(affinities)
        .filter(([, value]) => !(value >= 0 && value <= 1))
        .map(([trait]) => `${model.provider}: the affinity ${trait} must be from 0 to 1`),
    ]),
  ];
}

function modelProblems(model: ProviderModel): string[] {
  const { p50, p90 } = model.typicalSeconds;
  const lastDay = model.availableUntil;
  return [
    ...(model.id.startsWith(`${model.provider}:`) ? [] : [`the id must start with ${model.provider}:`]),
    ...priceProblems(model.price),
    ...(p50 > 0 && p90 >= p50 ? [] : ["typicalSeconds must be above 0, p90 not below p50"]),
    ...(lastDay === undefined || isDay(lastDay) ? [] : ["availableUntil must be a day, YYYY-MM-DD"]),
    ...(model.concurrency === undefined || isCount(model.concurrency)
      ? []
      : ["concurrency must be 1 or more"]),
    ...Object.entries(model.modes).flatMap(([name, mode]) =>
      modeProblems(mode).map((problem) => `${name}: ${problem}`),
    ),
  ];
}

function priceProblems(price: Price): string[] {
  if (price.unit === "unknown") {
    const bound = price.upperBoundUsdMicrosPerSecond;
    return bound === undefined || isCount(bound) ? [] : ["the upper bound of the price must be above 0"];
  }
  if (price.rates.length === 0) return ["a published price needs a rate"];
  return price.rates.every((rate) => isCount(rate.usdMicros))
    ? []
    : ["every rate must be a whole number of micro-dollars above 0"];
}

function modeProblems(mode: Mode): string[] {
  return [
    ...(mode.sizes.length === 0 ? ["no size is listed"] : []),
    ...mode.sizes
      .filter((size) => !isSize(size))
      .map(({ ratio, width, height }) => {
        return `${width}x${height} is no size of ratio ${ratio}`;
      }),
    ...(isDurations(mode.durations) ? [] : ["the durations must be above 0 and in order"]),
    ...(isCount(mode.textLimit.max) ? [] : ["the text limit must be above 0"]),
  ];
}

function isSize({ ratio, width, height }: Size): boolean {
  // Vendors round to blocks of pixels, and one speaks of 16:9 for 1088x704; a neighbouring ratio is 0.29 off.
  return isCount(width) && isCount(height) && Math.abs(Math.log(width / height / ratioValue(ratio))) < 0.15;
}

function isDurations(durations: Durations): boolean {
  switch (durations.type) {
    case "discrete":
      return (
        durations.seconds.length > 0 &&
        durations.seconds.every((value, index, all) => value > (all[index - 1] ?? 0))
      );
    case "range":
      return (
        durations.minSeconds > 0 && durations.maxSeconds >= durations.minSeconds && durations.stepSeconds > 0
      );
    case "script":
      return durations.maxSeconds > 0;
    case "none":
      return true;
  }
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value > 0;
}

function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && Number.isFinite(Date.parse(text));
}

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
