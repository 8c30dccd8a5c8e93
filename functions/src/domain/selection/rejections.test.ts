import { describe, expect, it } from "@jest/globals";
import { type RejectionReason, rejection, rejections } from "./rejections.js";

const reasons = Object.keys(rejections) as RejectionReason[];
const now = 1_000_000;
const candidate = { retryAt: now + 5_000, p50Seconds: 60 };

describe("the table of rejections", () => {
  it("never lets the shape of a request pass by itself", () => {
    expect(
      reasons.filter((reason) => rejection(reason).about === "shape" && rejection(reason).passes),
    ).toEqual([]);
  });

  it.each([
    "key_missing",
    "provider_off",
    "provider_draining",
    "circuit_isolated",
    "balance_too_low",
  ] as const)("knows that %s does not pass by itself", (reason) => {
    expect(rejection(reason).passes).toBe(false);
  });

  it("names a time only for what passes, and one that is not over", () => {
    for (const reason of reasons) {
      const at = rejection(reason).retryAt(candidate, now);
      if (at === null) continue;
      expect({ reason, passes: rejection(reason).passes, isAhead: at > now }).toEqual({
        reason,
        passes: true,
        isAhead: true,
      });
    }
  });
});
