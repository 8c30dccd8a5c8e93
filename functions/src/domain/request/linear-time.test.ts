import { describe, expect, it } from "@jest/globals";
import { parseClips } from "../batch/batch-request.js";
import { RequestError } from "../errors.js";
import { callSizeLimits } from "./input-size.js";
import { parseRequest } from "./request.js";
import { parseScene } from "./scene.js";

const longest = callSizeLimits.bytes;
/** Milliseconds for the longest text that a call may bring; what looks at it twice over takes minutes. */
const limitMs = 1_000;

const pieces = [
  " ",
  "\n",
  "a",
  "a ",
  "_",
  "__",
  ".",
  "-",
  ":",
  "/",
  "@",
  "%",
  "%2e",
  "0",
  "0x7f.",
  "\u200b",
  "\u0301",
];
const texts = pieces.flatMap((piece) => {
  const text = piece.repeat(Math.ceil(longest / piece.length));
  // With an end that does not fit, so that whatever matched the rest has to give it back.
  return ["", "\0", "__!"].map((end) => `${text}${end}`);
});

const image = "https://images.example.com/a.png";
const pair = { first: image, last: image };
const places: readonly (readonly [string, (text: string) => unknown])[] = [
  ...["prompt", "style", "negativePrompt", "cvScript", "requestId", "contentDraftId", "aspectRatio"].map(
    (field) =>
      [field, (text: string) => parseRequest({ kind: "text", prompt: "A boat", [field]: text })] as const,
  ),
  ["image", (text) => parseRequest({ kind: "image", prompt: "A boat", image: `https://${text}` })],
  ["script", (text) => parseRequest({ kind: "avatar", script: text })],
  ["brandTerms", (text) => parseRequest({ kind: "text", prompt: "A boat", brandTerms: [text] })],
  ["metadata", (text) => parseRequest({ kind: "text", prompt: "A boat", metadata: { note: text } })],
  [
    "a name in metadata",
    (text) => parseRequest({ kind: "text", prompt: "A boat", metadata: { [text]: "x" } }),
  ],
  ["providers", (text) => parseRequest({ kind: "text", prompt: "A boat", providers: { only: [text] } })],
  ["the name of a field", (text) => parseRequest({ kind: "text", prompt: "A boat", [text]: 1 })],
  ["the name of a clip", (text) => parseClips({ prompt: "It grows", frames: { [text]: pair } })],
  [
    "a frame of a clip",
    (text) => parseClips({ prompt: "It grows", frames: { "1": { ...pair, last: text } } }),
  ],
  [
    "the resolution of a scene",
    (resolution) =>
      parseScene({ scene: { imagePrompt: "A boat", visualPrompt: "It sails" }, scenario: { resolution } }),
  ],
];

describe("the longest text that a call may bring", () => {
  it.each(places)("is read in a time that grows with its length alone: %s", (_place, parse) => {
    for (const text of texts) {
      const before = performance.now();
      expect(() => parse(text)).toThrow(RequestError);
      expect(performance.now() - before).toBeLessThan(limitMs);
    }
  });
});
