import { fraction } from "../hash.js";

/** Waits between repetitions of a step: doubling from 2 s to 5 min, spread over ±25 %. */
export function retryDelayMs(key: string, tries: number): number {
  const plain = Math.min(300_000, 2_000 * 2 ** Math.max(0, tries - 1));
  return Math.round(plain * (0.75 + 0.5 * fraction(`${key}:retry${tries}`)));
}
