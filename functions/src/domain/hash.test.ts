import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { canonicalJson, fraction, sha256 } from "./hash.js";

describe("a fraction of a text", () => {
  it("is the same for the same text and lies in [0, 1)", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const value = fraction(text);
        expect(fraction(text)).toBe(value);
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThan(1);
      }),
    );
  });

  it("is spread evenly", () => {
    const values = Array.from({ length: 1_000 }, (_, index) => fraction(`job:${index}`));
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean).toBeGreaterThan(0.46);
    expect(mean).toBeLessThan(0.54);
  });
});

describe("canonical JSON", () => {
  it("does not depend on the order of fields nor on fields that are undefined", () => {
    expect(canonicalJson({ b: [{ d: 1, c: 2 }], a: undefined })).toBe('{"b":[{"c":2,"d":1}]}');
  });

  it("keeps the order of lists", () => {
    expect(canonicalJson([2, 1])).not.toBe(canonicalJson([1, 2]));
  });

  it("reads back as the value it was made from", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it("feeds a hash that others compute too", () => {
    expect(sha256("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  });
});
