import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { textRequest } from "../__fixtures__/requests.js";
import { RequestError } from "../errors.js";
import { modeOf, parseRequest, requestedSeconds, requestHash, requestLimits } from "./request.js";

const image = "https://images.example.com/a.png";
const kinds = {
  text: { kind: "text", prompt: "a boat" },
  image: { kind: "image", prompt: "a boat", image },
  frames: { kind: "frames", prompt: "a boat", firstFrame: image, lastFrame: image },
  avatar: { kind: "avatar", script: "Good morning." },
} as const;

function problemOf(input: unknown): RequestError {
  try {
    parseRequest(input);
  } catch (error) {
    if (error instanceof RequestError) return error;
    throw error;
  }
  throw new Error("the request was accepted");
}

describe("a request that is left at its defaults", () => {
  it.each([
    ["text", 5],
    ["image", 5],
    ["frames", 8],
  ] as const)("is a %s of %i seconds, 16:9, 720p, standard, silent", (kind, durationSeconds) => {
    expect(parseRequest(kinds[kind])).toMatchObject({
      durationSeconds,
      aspectRatio: "16:9",
      resolution: "720p",
      quality: "standard",
      audio: false,
      strategy: "default",
      priority: "normal",
      output: { format: "mp4" },
      providers: {},
    });
  });

  it("has an avatar speak for as long as the script takes", () => {
    const request = parseRequest({ kind: "avatar", script: "x".repeat(31) });
    expect(requestedSeconds(request)).toBe(3);
  });

  it("moves a camera with half intensity", () => {
    expect(textRequest({ camera: { move: "pan" } }).camera).toEqual({ move: "pan", intensity: 0.5 });
  });
});

describe("a limit", () => {
  const accepted: [string, Record<string, unknown>][] = [
    ["prompt of 4,000", { prompt: "x".repeat(requestLimits.prompt) }],
    ["style of 200", { style: "x".repeat(requestLimits.style) }],
    ["negativePrompt of 1,000", { negativePrompt: "x".repeat(requestLimits.negativePrompt) }],
    ["cvScript of 5,000", { cvScript: "x".repeat(requestLimits.cvScript) }],
    ["10 brand terms of 50", { brandTerms: Array(10).fill("x".repeat(requestLimits.brandTerm)) }],
    ["1 second", { durationSeconds: 1 }],
    ["60 seconds", { durationSeconds: 60 }],
    ["deadline of 30 s", { deadlineSeconds: 30 }],
    ["deadline of a day", { deadlineSeconds: 86_400 }],
    ["largest seed", { seed: 4_294_967_295 }],
    ["requestId of 128", { requestId: "a".repeat(128) }],
    ["20 metadata entries", { metadata: Object.fromEntries(entries(20)) }],
    ["metadata value of 500", { metadata: { note: "x".repeat(500) } }],
    ["line breaks and tabs", { prompt: "one\n\ttwo\r\nthree" }],
  ];
  it.each(accepted)("accepts a %s", (_name, changes) => {
    expect(() => parseRequest({ ...kinds.text, ...changes })).not.toThrow();
  });

  const refused: [field: string, changes: Record<string, unknown>][] = [
    ["prompt", { prompt: "x".repeat(requestLimits.prompt + 1) }],
    ["prompt", { prompt: "" }],
    ["prompt", { prompt: " \n\t " }],
    ["prompt", { prompt: "\u200b\u200d\ufeff" }],
    ["prompt", { prompt: "a\u0000b" }],
    ["prompt", { prompt: "a\u001b[31mb" }],
    ["prompt", { prompt: "a\u007fb" }],
    ["prompt", { prompt: ["a boat"] }],
    ["prompt", { prompt: { $ne: 1 } }],
    ["prompt", { prompt: undefined }],
    ["style", { style: "x".repeat(requestLimits.style + 1) }],
    ["negativePrompt", { negativePrompt: "x".repeat(requestLimits.negativePrompt + 1) }],
    ["cvScript", { cvScript: "x".repeat(requestLimits.cvScript + 1) }],
    ["cvScript", { cvScript: "\u200b" }],
    ["brandTerms", { brandTerms: Array(11).fill("x") }],
    ["brandTerms.0", { brandTerms: ["x".repeat(requestLimits.brandTerm + 1)] }],
    ["brandTerms.1", { brandTerms: ["Acme", " "] }],
    ["brandTerms", { brandTerms: "Acme" }],
    ["durationSeconds", { durationSeconds: 0.99 }],
    ["durationSeconds", { durationSeconds: 60.01 }],
    ["durationSeconds", { durationSeconds: -5 }],
    ["durationSeconds", { durationSeconds: Number.NaN }],
    ["durationSeconds", { durationSeconds: Number.POSITIVE_INFINITY }],
    ["durationSeconds", { durationSeconds: "5" }],
    ["aspectRatio", { aspectRatio: "2:1" }],
    ["resolution", { resolution: "8k" }],
    ["quality", { quality: "best" }],
    ["audio", { audio: "yes" }],
    ["camera.intensity", { camera: { move: "pan", intensity: 1.1 } }],
    ["camera.move", { camera: { move: "spin" } }],
    ["output.format", { output: { format: "avi" } }],
    ["output.bitrateKbps", { output: { bitrateKbps: 99 } }],
    ["maxCostUsd", { maxCostUsd: 0 }],
    ["maxCostUsd", { maxCostUsd: -1 }],
    ["maxCostUsd", { maxCostUsd: Number.POSITIVE_INFINITY }],
    ["deadlineSeconds", { deadlineSeconds: 29 }],
    ["deadlineSeconds", { deadlineSeconds: 86_401 }],
    ["deadlineSeconds", { deadlineSeconds: 60.5 }],
    ["priority", { priority: -1 }],
    ["providers.only", { providers: { only: [] } }],
    ["seed", { seed: -1 }],
    ["seed", { seed: 4_294_967_296 }],
    ["requestId", { requestId: "a/b" }],
    ["requestId", { requestId: "" }],
    ["requestId", { requestId: "a".repeat(129) }],
    ["contentDraftId", { contentDraftId: "../x" }],
    ["metadata", { metadata: Object.fromEntries(entries(21)) }],
    ["metadata", { metadata: { "a b": "x" } }],
    ["metadata.note", { metadata: { note: "x".repeat(501) } }],
    ["metadata.note", { metadata: { note: 1 } }],
  ];
  it.each(refused)("refuses and names %s: %j", (field, changes) => {
    const error = problemOf({ ...kinds.text, ...changes });
    expect(error.code).toBe("invalid_argument");
    expect(error.message).toContain(field);
  });

  it.each([
    ["image", { ...kinds.image, image: "http://images.example.com/a.png" }],
    ["firstFrame", { ...kinds.frames, firstFrame: "nonsense" }],
    ["lastFrame", { kind: "frames", prompt: "a", firstFrame: image }],
    ["script", { kind: "avatar", script: "x".repeat(requestLimits.script + 1) }],
    ["script", { kind: "avatar" }],
    ["kind", { kind: "hologram", prompt: "a" }],
    ["kind", { prompt: "a" }],
  ])("refuses and names %s of the kind that has it", (field, input) => {
    expect(problemOf(input).message).toContain(field);
  });

  it("says how much is allowed and how much that is", () => {
    expect(problemOf({ ...kinds.text, prompt: "x".repeat(4_001) }).message).toBe(
      "prompt: must be at most 4000 characters",
    );
  });

  it("tells every problem at once", () => {
    const { message } = problemOf({ ...kinds.text, durationSeconds: 99, aspectRatio: "2:1" });
    expect(message).toContain("durationSeconds");
    expect(message).toContain("aspectRatio");
  });
});

describe("an unknown field", () => {
  it.each([
    ["balance", { balance: 0 }, "unknown field balance: remove it"],
    ["price", { price: 0 }, "unknown field price: did you mean priceKey?"],
    ["uid", { uid: "somebody" }, "unknown field uid: remove it"],
    ["camera.speed", { camera: { move: "pan", speed: 1 } }, "unknown field camera.speed: remove it"],
    ["providers.model", { providers: { model: "x" } }, "unknown field providers.model: remove it"],
    ["image on text", { image }, "unknown field image: remove it"],
  ])("is refused by its name: %s", (_name, changes, message) => {
    expect(problemOf({ ...kinds.text, ...changes }).message).toBe(message);
  });

  it.each(["cvScript", "brandTerms"])(
    "is what %s is to a script, which is spoken as it is written",
    (field) => {
      const value = field === "cvScript" ? "Nurse" : ["Acme"];
      expect(problemOf({ ...kinds.avatar, [field]: value }).message).toBe(
        `unknown field ${field}: remove it`,
      );
    },
  );

  it("is refused when it is called __proto__", () => {
    const input: unknown = JSON.parse('{"kind":"text","prompt":"a","__proto__":{"audio":true}}');
    expect(problemOf(input).message).toContain("__proto__");
  });

  it.each([[null], [undefined], [[]], ["text"], [42], [Number.NaN]])(
    "is not even looked for in %p",
    (input) => {
      expect(problemOf(input).code).toBe("invalid_argument");
    },
  );
});

describe("a parsed request", () => {
  it("is served by the mode of its kind; an avatar with a picture is a photo", () => {
    expect(Object.values(kinds).map((input) => modeOf(parseRequest(input)))).toEqual([
      "text",
      "image",
      "frames",
      "avatar",
    ]);
    expect(modeOf(parseRequest({ ...kinds.avatar, image }))).toBe("photo");
  });

  it("has one hash, whatever the order of its fields and whether defaults are spelled out", () => {
    const plain = parseRequest({ kind: "text", prompt: "a boat", durationSeconds: 5 });
    const shuffled = parseRequest({ durationSeconds: 5, audio: false, prompt: "a boat", kind: "text" });
    expect(requestHash(shuffled)).toBe(requestHash(plain));
    expect(requestHash(textRequest({ prompt: "a ship" }))).not.toBe(requestHash(plain));
  });

  it("never throws anything but a RequestError, whatever it is made from", () => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true, withBigInt: true }), (input) => {
        expect(problemOf(input)).toBeInstanceOf(RequestError);
      }),
    );
  });

  it("is parsed in linear time: a megabyte of spaces does not hang", () => {
    expect(problemOf({ ...kinds.text, prompt: " ".repeat(1_000_000) }).message).toContain("prompt");
  });
});

function entries(count: number): [string, string][] {
  return Array.from({ length: count }, (_, index) => [`key${index}`, "value"]);
}

describe("what is told of many mistakes", () => {
  it("is at most twenty of them, in a message that is not long", () => {
    const many = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`unknown${index}`, 1]));
    const metadata = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`a b ${index}`, index]));
    const { message, details } = problemOf({ ...kinds.text, ...many, metadata });
    expect(message.length).toBeLessThanOrEqual(2_000);
    expect((details.fields as unknown[]).length).toBeLessThanOrEqual(20);
    expect(JSON.stringify(details).length).toBeLessThan(10_000);
  });

  it.each(["prompt", "style", "negativePrompt", "cvScript"])("names half of a character in %s", (field) => {
    for (const half of ["a\ud800b", "\udc00a", "a\u0085b"])
      expect(problemOf({ ...kinds.text, [field]: half }).message).toMatch(new RegExp(`^${field}`));
  });

  it("names it in a script and in metadata", () => {
    expect(problemOf({ ...kinds.avatar, script: "Hi \ud83d" }).message).toMatch(/^script/);
    expect(problemOf({ ...kinds.text, metadata: { note: "\ud83d" } }).message).toMatch(/^metadata.note/);
  });
});
