import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { cut, shown } from "./shown.js";

const anyText = fc.string({ unit: "binary", maxLength: 80 });

describe("what is repeated of a text", () => {
  it("is never longer than allowed, and never ends in half of a character", () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 60 }), (text, max) => {
        expect(cut(text, max).length).toBeLessThanOrEqual(max);
        expect(/\p{Cs}/u.test(cut(text, max))).toBe(false);
      }),
    );
    expect(cut("ab😀cd", 4)).toBe("ab…");
  });

  it("holds nothing that is not seen", () => {
    fc.assert(
      fc.property(fc.oneof(anyText, fc.string({ unit: "binary-ascii" })), (text) => {
        expect(shown(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
      }),
    );
    expect(shown("a\u202eb\ud800\u0000")).toBe("a\ufffdb\ufffd\ufffd");
  });
});
