/** Provider money is an integer count of micro-dollars (1 USD = 1,000,000). */
export type UsdMicros = number;

export function usdToMicros(usd: number): UsdMicros {
  return Math.round(usd * 1_000_000);
}

/** Binary fractions must not cost a credit: 3.0000000000000004 are 3. */
export function roundOff(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}

export function microsToUsd(micros: UsdMicros): number {
  return micros / 1_000_000;
}
