/** Provider money is an integer count of micro-dollars (1 USD = 1,000,000). */
export type UsdMicros = number;

export function usdToMicros(usd: number): UsdMicros {
  return Math.round(usd * 1_000_000);
}

export function microsToUsd(micros: UsdMicros): number {
  return micros / 1_000_000;
}
