import { describe, expect, it } from "@jest/globals";
import { retryDelayMs } from "./backoff.js";

describe("the wait before a repetition", () => {
  it.each([
    [0, 2_000],
    [1, 2_000],
    [2, 4_000],
    [3, 8_000],
    [4, 16_000],
    [8, 256_000],
    [9, 300_000],
    [50, 300_000],
  ])("after try %i is %i ms, give or take a quarter", (tries, plainMs) => {
    for (const key of ["a", "b", "c", "d"]) {
      const delayMs = retryDelayMs(key, tries);
      expect(delayMs).toBeGreaterThanOrEqual(plainMs * 0.75);
      expect(delayMs).toBeLessThanOrEqual(plainMs * 1.25);
      expect(retryDelayMs(key, tries)).toBe(delayMs);
    }
  });
});
