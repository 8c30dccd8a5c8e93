import type { UsdMicros } from "../money.js";
import type { Resolution, Size } from "./resolution.js";

/**
 * What a generation starts from. The first four are the kinds of a request; `photo` is an avatar
 * request whose presenter is the caller's image, `still` is a picture for a scene.
 */
export const modeNames = ["text", "image", "frames", "avatar", "photo", "still"] as const;
export type ModeName = (typeof modeNames)[number];

export const qualities = ["draft", "standard", "premium"] as const;
export type Quality = (typeof qualities)[number];

/** Lengths that one generation can have, in seconds. `script` follows the spoken text. */
export type Durations =
  | { readonly type: "discrete"; readonly seconds: readonly number[] }
  | {
      readonly type: "range";
      readonly minSeconds: number;
      readonly maxSeconds: number;
      readonly stepSeconds: number;
    }
  | { readonly type: "script"; readonly maxSeconds: number }
  | { readonly type: "none" };

/** A vendor counts text in its own unit; the same prompt can fit one and not the other. */
export interface TextLimit {
  readonly max: number;
  readonly unit: "utf16" | "codePoints" | "bytes";
}

export interface Mode {
  readonly sizes: readonly Size[];
  readonly durations: Durations;
  readonly audio: "none" | "optional" | "always";
  readonly textLimit: TextLimit;
  /** The shortest text that the vendor accepts, in the unit of `textLimit`; most say nothing. */
  readonly textMin?: number;
  readonly negativePrompt?: boolean;
  readonly seed?: boolean;
  /** The picture that is given decides the aspect ratio; the vendor takes no other word for it. */
  readonly shapeFromPicture?: true;
  /** How many reference images a `still` takes; absent means none. */
  readonly references?: { readonly min: number; readonly max: number };
}

/** One line of a price list. Absent conditions match everything; the first match counts. */
export interface Rate {
  readonly resolution?: Resolution;
  readonly audio?: boolean;
  readonly usdMicros: UsdMicros;
}

/**
 * What a generation costs. A price that was never published is `unknown`, which is not 0:
 * it is taken at `upperBound` when there is one, and refused otherwise.
 */
export type Price =
  | { readonly unit: "second"; readonly rates: readonly Rate[]; readonly minimumUsdMicros?: UsdMicros }
  | { readonly unit: "output"; readonly rates: readonly Rate[] }
  | { readonly unit: "unknown"; readonly upperBoundUsdMicrosPerSecond?: UsdMicros };

/** One priced capability of a vendor: the unit that selection chooses between. */
export interface ProviderModel {
  /** `${provider}:${name}` with the vendor's own spelling; what callers and policies name. */
  readonly id: string;
  readonly provider: string;
  /** The vendor's own word for it on the wire. */
  readonly name: string;
  readonly label: string;
  readonly medium: "video" | "image";
  readonly modes: Partial<Record<ModeName, Mode>>;
  readonly quality: Quality;
  readonly price: Price;
  /** Time from an accepted start to a finished file, before we have a history of our own. */
  readonly typicalSeconds: { readonly p50: number; readonly p90: number };
  /** Jobs the account may have running in this model at once; absent when the vendor queues. */
  readonly concurrency?: number;
  /** Last day (UTC, YYYY-MM-DD) on which the vendor serves it. */
  readonly availableUntil?: string;
  /** Where the facts of this row were read, and when (YYYY-MM-DD). */
  readonly source: string;
  readonly readOn: string;
}

/** Length of a text in the unit that a vendor counts. */
export function textLength(text: string, unit: TextLimit["unit"]): number {
  if (unit === "utf16") return text.length;
  if (unit === "bytes") return Buffer.byteLength(text, "utf8");
  return [...text].length;
}

export interface PricedShape {
  readonly resolution: Resolution;
  readonly audio: boolean;
  readonly durationSeconds: number;
}

/** Cost of one generation of this shape, rounded up; `null` when the price is unknown. */
export function costOf(price: Price, shape: PricedShape): UsdMicros | null {
  if (price.unit === "unknown") {
    if (price.upperBoundUsdMicrosPerSecond === undefined) return null;
    return Math.ceil(price.upperBoundUsdMicrosPerSecond * shape.durationSeconds);
  }
  const rate = price.rates.find(
    (row) =>
      (row.resolution === undefined || row.resolution === shape.resolution) &&
      (row.audio === undefined || row.audio === shape.audio),
  );
  if (rate === undefined) return null;
  if (price.unit === "output") return rate.usdMicros;
  return Math.max(Math.ceil(rate.usdMicros * shape.durationSeconds), price.minimumUsdMicros ?? 0);
}
