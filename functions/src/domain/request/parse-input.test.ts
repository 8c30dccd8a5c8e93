import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { parseClips, parseSceneBatch } from "../batch/batch-request.js";
import { RequestError } from "../errors.js";
import { parseRequest } from "./request.js";
import { parseScene } from "./scene.js";

const picture = "https://images.example.com/a.png";
const options = {
  style: "paper",
  strategy: "precise",
  camera: { move: "pan", intensity: 1 },
  negativePrompt: "text",
  quality: "premium",
  maxCostUsd: 2,
  deadlineSeconds: 600,
  priority: "high",
  providers: { only: ["runway"], exclude: [], prefer: ["heygen"] },
  seed: 7,
  contentDraftId: "draft",
  metadata: { campaign: "spring" },
  requestId: "once",
};
const shape = { aspectRatio: "1:1", resolution: "720p", audio: true, output: { bitrateKbps: 500 } };
const shown = { prompt: "A boat", cvScript: "Nurse", brandTerms: ["Acme"], durationSeconds: 6 };
const scene = { imagePrompt: "A boat", visualPrompt: "It sails", durationSeconds: 5 };

type Parser = (input: unknown) => unknown;
const valid: readonly (readonly [string, Parser, object])[] = [
  ["a text request", parseRequest, { kind: "text", ...shown, ...shape, ...options }],
  ["an image request", parseRequest, { kind: "image", image: picture, ...shown, ...shape, ...options }],
  [
    "a frames request",
    parseRequest,
    { kind: "frames", firstFrame: picture, lastFrame: picture, ...shown, ...shape, ...options },
  ],
  ["an avatar request", parseRequest, { kind: "avatar", script: "Hello", ...shape, ...options }],
  ["a scene", parseScene, { scene, scenario: { resolution: "720:1280" }, ...options }],
  [
    "clips",
    parseClips,
    { frames: { "1": { first: picture, last: picture } }, projectId: "p", ...shown, ...shape, ...options },
  ],
  ["scenes", parseSceneBatch, { scenes: { "1": scene }, scenario: {}, projectId: "p", ...options }],
];

function refusalOf(parse: Parser, input: unknown): RequestError | null {
  try {
    parse(input);
    return null;
  } catch (error) {
    if (error instanceof RequestError) return error;
    throw error;
  }
}

function problemsOf({ details }: RequestError) {
  return (details.fields ?? []) as { path: string; problem: string }[];
}

/** Every place inside a value, the value itself included. */
function placesIn(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([name, member]) => placesIn(member, [...path, name]))];
}

function replaced(value: unknown, [name, ...rest]: readonly string[], by: unknown): unknown {
  if (name === undefined) return by;
  if (typeof value !== "object" || value === null) return value;
  const copy = Array.isArray(value) ? [...value] : { ...value };
  const member = replaced(Reflect.get(value, name), rest, by);
  return Object.defineProperty(copy, name, {
    value: member,
    enumerable: true,
    writable: true,
    configurable: true,
  });
}

/** Wrong in every way that JSON can be: also names and texts that no file may hold. */
const anyJson = fc.oneof(
  fc.jsonValue({ maxDepth: 3, stringUnit: "binary" }),
  fc.constantFrom<unknown>("\ud800", "a\u0000b", "x".repeat(6_000), "instagram", -1, 1e300, 0.5, []),
  fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue({ maxDepth: 1 }), { maxKeys: 60 }),
);

/** Sentences that are the library's: none of them is ours. */
const notOurs =
  /invalid (input|option|string|key|element)|expected .*received|too (big|small)|unrecognized|undefined|\[object/i;

describe("what is told of a wrong input", () => {
  it.each(valid)("%s is accepted as it stands", (_name, parse, input) => {
    expect(refusalOf(parse, input)).toBeNull();
  });

  it.each(valid)(
    "of %s with any JSON at any place: short sentences of ours that name it",
    (_name, parse, input) => {
      const places = placesIn(input);
      fc.assert(
        fc.property(
          fc.constantFrom(...places),
          anyJson,
          fc.string({ unit: "binary" }),
          (place, json, name) => {
            for (const changed of [replaced(input, place, json), replaced(input, [...place, name], json)]) {
              const refusal = refusalOf(parse, changed);
              if (refusal === null) continue;
              expect(refusal.code).toBe("invalid_argument");
              expect(refusal.message).not.toMatch(notOurs);
              expect(Buffer.byteLength(refusal.message)).toBeLessThanOrEqual(6_000);
              expect(refusal.message).not.toMatch(/[\u0000-\u001f\u007f-\u009f\p{Cs}]/u);
              const problems = problemsOf(refusal);
              expect(problems.length).toBeLessThanOrEqual(20);
              for (const { path, problem } of problems) {
                expect(problem).toContain(path === "" ? "the request" : path);
                expect(problem.length).toBeLessThanOrEqual(300);
              }
            }
          },
        ),
        { numRuns: 200 },
      );
    },
  );

  it.each<[string, object, string]>([
    ["a name with a missing letter", { promt: "A boat" }, "unknown field promt: did you mean prompt?"],
    ["half a name", { duration: 5 }, "unknown field duration: did you mean durationSeconds?"],
    [
      "an unknown name inside",
      { camera: { move: "pan", intensty: 1 } },
      "unknown field camera.intensty: did you mean intensity?",
    ],
    [
      "another spelling of a value",
      { strategy: "creativ" },
      "strategy: must be one of default, creative, precise, not creativ, did you mean creative?",
    ],
    ["a value of another type", { audio: "yes" }, "audio: must be true or false, not a text"],
    ["a fraction", { seed: 1.5 }, "seed: must be a whole number, not a fraction"],
    ["too large a number", { durationSeconds: 61 }, "durationSeconds: must be at most 60"],
    ["a number that is not above its limit", { maxCostUsd: 0 }, "maxCostUsd: must be above 0"],
    ["too long a list", { brandTerms: Array(11).fill("Acme") }, "brandTerms: may hold at most 10 entries"],
    ["too short a list", { providers: { only: [] } }, "providers.only: may hold at least 1 entries"],
    ["too long a text", { prompt: "x".repeat(4_001) }, "prompt: must be at most 4000 characters"],
    ["nothing where something is needed", { prompt: undefined }, "prompt: is missing: give a text"],
    ["null", { prompt: null }, "prompt: must be a text, not null"],
    [
      "another kind",
      { kind: "txt" },
      "kind: must be one of text, image, frames, avatar, not txt, did you mean text?",
    ],
    ["no kind", { kind: undefined }, "kind: is missing: give one of text, image, frames, avatar"],
    [
      "a name in metadata",
      { metadata: { "a b": "x" } },
      "metadata.a b: may hold letters, digits and _ . : -",
    ],
    [
      "half a character",
      { providers: { only: ["\ud83d"] } },
      "providers.only.0: must not hold control characters or halves of characters",
    ],
  ])("says what is wrong with %s, and what is possible", (_name, changes, message) => {
    const own = Object.hasOwn(changes, "promt") ? {} : { prompt: "A boat" };
    const refusal = refusalOf(parseRequest, { kind: "text", ...own, ...changes });
    expect(refusal?.message).toContain(message);
  });

  it("says of an input that is no object that it must be one", () => {
    expect(refusalOf(parseScene, [])?.message).toBe("the request must be an object, not a list");
  });

  it("repeats no more of a value than a few words, in characters that can be seen", () => {
    const refusal = refusalOf(parseRequest, {
      kind: "text",
      prompt: "A",
      quality: `\u202e${"x".repeat(5_000)}`,
    });
    expect(refusal?.message).toMatch(/not \ufffdx{38}…$/);
  });
});
