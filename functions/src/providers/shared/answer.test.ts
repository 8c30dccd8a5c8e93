import { describe, expect, it } from "@jest/globals";
import { retryAfterMs } from "./answer.js";

const now = Date.parse("2026-11-30T07:00:00Z");

describe("the wait that a vendor names", () => {
  it.each<[string, Record<string, string>, number | undefined]>([
    ["in seconds", { "retry-after": "20" }, 20_000],
    ["in fractions of a second", { "retry-after": "0.5" }, 500],
    ["as a date", { "retry-after": "Mon, 30 Nov 2026 07:00:45 GMT" }, 45_000],
    ["in milliseconds", { "retry-after-ms": "1500" }, 1_500],
    ["in both units, of which the finer counts", { "retry-after-ms": "1500", "retry-after": "2" }, 1_500],
    ["in milliseconds that are none", { "retry-after-ms": "soon", "retry-after": "2" }, 2_000],
    ["as a date that is over", { "retry-after": "Mon, 30 Nov 2026 06:00:00 GMT" }, undefined],
    ["as nothing", { "retry-after": " " }, undefined],
    ["as a word", { "retry-after": "soon" }, undefined],
    ["below zero", { "retry-after": "-3" }, undefined],
    ["beyond a day", { "retry-after": "999999999" }, 24 * 3_600_000],
    ["not at all", {}, undefined],
  ])("%s", (_, headers, expected) => {
    expect(retryAfterMs(headers, now)).toBe(expected);
  });
});
