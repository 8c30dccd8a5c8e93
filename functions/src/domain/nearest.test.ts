import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { nearest } from "./nearest.js";

const fields = ["prompt", "durationSeconds", "aspectRatio", "maxCostUsd", "audio", "seed"];

describe("the nearest word", () => {
  it.each([
    ["promt", "prompt"],
    ["pormpt", "prompt"],
    ["duration", "durationSeconds"],
    ["duration_seconds", "durationSeconds"],
    ["AspectRatio", "aspectRatio"],
    ["ratio", "aspectRatio"],
    ["maxCost", "maxCostUsd"],
    ["sede", null],
    ["colour", null],
    ["uid", null],
    ["", null],
    ["__proto__", null],
  ])("to %s is %s", (word, meant) => {
    expect(nearest(word, fields)).toBe(meant);
  });

  it("is a word itself, whatever its case, and never one that is not known", () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.string({ minLength: 1 })), (word, known) => {
        const meant = nearest(word, known);
        if (meant !== null) expect(known).toContain(meant);
      }),
    );
    for (const field of fields) expect(nearest(field.toUpperCase(), fields)).toBe(field);
  });

  it("is found in little time, however long the word is", () => {
    expect(nearest("prompt".repeat(100_000), fields)).toBeNull();
  });
});
