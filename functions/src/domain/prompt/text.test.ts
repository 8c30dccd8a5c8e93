import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { type TextLimit, textLength } from "../provider/model.js";
import { cutText } from "./text.js";

describe("a text that is cut", () => {
  it.each<[string, number, TextLimit["unit"], string]>([
    ["boat", 4, "utf16", "boat"],
    ["boat", 3, "utf16", "boa"],
    ["boat", 0, "utf16", ""],
    ["a👩‍🚀b", 5, "utf16", "a"],
    ["a👩‍🚀b", 6, "utf16", "a👩‍🚀"],
    ["a👩‍🚀b", 3, "codePoints", "a"],
    ["ü", 1, "bytes", ""],
    ["🇩🇪🇫🇷", 7, "utf16", "🇩🇪"],
    ["e\u0301e\u0301", 3, "codePoints", "e\u0301"],
  ])("%j within %d %s is %j: graphemes stay whole", (text, max, unit, kept) => {
    expect(cutText(text, { max, unit })).toBe(kept);
  });

  it("is cut between code points where one letter carries more marks than the limit", () => {
    expect(cutText(`a${"\u0301".repeat(1_000)}`, { max: 100, unit: "codePoints" })).toHaveLength(100);
  });

  it("is a beginning of the text within the limit, and well-formed when the text is", () => {
    const text = fc.oneof(fc.string({ unit: "grapheme" }), fc.string({ unit: "binary" }));
    const unit = fc.constantFrom<TextLimit["unit"]>("utf16", "codePoints", "bytes");
    fc.assert(
      fc.property(text, fc.nat(20), unit, (whole, max, unit) => {
        const kept = cutText(whole, { max, unit });
        expect(whole.startsWith(kept)).toBe(true);
        expect(textLength(kept, unit)).toBeLessThanOrEqual(max);
        if (!/\p{Cs}/u.test(whole)) expect(kept).not.toMatch(/\p{Cs}/u);
        if (textLength(whole, unit) <= max) expect(kept).toBe(whole);
      }),
    );
  });
});
