import type { UsdMicros } from "../money.js";
import type { Price } from "./model.js";
import type { Resolution } from "./resolution.js";

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
