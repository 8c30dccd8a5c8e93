import { describe, expect, it } from "@jest/globals";
import { textMode } from "../__fixtures__/models.js";
import { textRequest } from "../__fixtures__/requests.js";
import { requestLimits } from "../request/request.js";
import { findElements } from "./cv.js";
import { buildPrompt } from "./prompt.js";
import { scorePrompt } from "./score.js";
import { cutText } from "./text.js";
import { readWords } from "./words.js";

const million = 1_000_000;

function ofLength(piece: string, length: number): string {
  return piece.repeat(Math.ceil(length / piece.length)).slice(0, length);
}

const pieces = [
  " ",
  "a",
  "a ",
  "{{",
  "</prompt>",
  "data engineer ",
  "new york ",
  "led team ",
  "built built pipelines ",
  "\u0301",
  "👩‍🚀",
  "\ud83d",
  "\u202e",
  "ﷺ",
  ".,;:",
  "no not never ",
];

/** A step that reads more than once over would not end within the time of a test on a megabyte. */
describe("a megabyte of hostile text", () => {
  it.each(pieces)("is read no further than the longest request reaches: %j", (piece) => {
    const words = readWords(ofLength(piece, million));
    expect(words.length).toBeLessThanOrEqual(requestLimits.script);
    expect(words).toEqual(readWords(ofLength(piece, requestLimits.script)));
    expect(findElements(words).length).toBeLessThanOrEqual(words.length);
  });

  it.each(pieces)("is built upon, judged and cut as a short one is: %j", (piece) => {
    const text = ofLength(piece, million);
    const request = {
      ...textRequest({ camera: { move: "pan" }, brandTerms: ["Acme"] }),
      prompt: text,
      style: text,
    };
    const mode = { ...textMode, textLimit: { max: 2 * million, unit: "utf16" } } as const;
    expect(buildPrompt(request, mode).text.startsWith(text)).toBe(true);
    expect(scorePrompt(text)).toEqual(scorePrompt(ofLength(piece, 2 * million)));
    expect(cutText(text, { max: 120, unit: "utf16" }).length).toBeLessThanOrEqual(120);
  });

  it("of things to avoid costs one look each", () => {
    const negativePrompt = Array.from({ length: 50_000 }, (_, index) => `thing ${index}`).join(",");
    const { added } = buildPrompt(
      { ...textRequest(), negativePrompt },
      {
        ...textMode,
        textLimit: { max: 2 * million, unit: "bytes" },
      },
    );
    expect(added).toHaveLength(50_000);
  });
});
