import { describe, expect, it } from "@jest/globals";
import { RequestError } from "../errors.js";
import { parseClips } from "./batch-request.js";

const first = "https://images.example.com/a.png";
const last = "https://images.example.com/b.png";
const pair = { first, last };
const clips = { frames: { "1": pair, "2": pair, intro: pair }, prompt: "It grows" };

function refusal(input: unknown): RequestError {
  try {
    parseClips(input);
  } catch (error) {
    if (error instanceof RequestError) return error;
  }
  throw new Error("it was accepted");
}

describe("a request for clips", () => {
  it("becomes one request for each pair, with the options that all share", () => {
    const { requests, projectId } = parseClips({
      ...clips,
      aspectRatio: "9:16",
      audio: true,
      exact: ["durationSeconds"],
      projectId: "spot-7",
    });
    expect([...requests.keys()]).toEqual(["1", "2", "intro"]);
    expect(requests.get("intro")).toMatchObject({
      kind: "frames",
      exact: ["durationSeconds"],
      prompt: "It grows",
      firstFrame: first,
      lastFrame: last,
      aspectRatio: "9:16",
      audio: true,
      durationSeconds: 8,
    });
    expect(projectId).toBe("spot-7");
  });

  it("takes a prompt of its own for a clip before the one for all", () => {
    const { requests } = parseClips({ ...clips, prompts: { "2": "It shrinks" } });
    expect(requests.get("1")).toMatchObject({ prompt: "It grows" });
    expect(requests.get("2")).toMatchObject({ prompt: "It shrinks" });
  });

  it("keeps its requestId for itself: clips are not repetitions of each other", () => {
    const { requestId, requests } = parseClips({ ...clips, requestId: "order-1" });
    expect(requestId).toBe("order-1");
    expect(requests.get("1")).not.toHaveProperty("requestId");
  });

  const many = Object.fromEntries(Array.from({ length: 51 }, (_, index) => [String(index), pair]));

  it.each<[string, Record<string, unknown>, RegExp]>([
    ["lacks a last frame", { frames: { "3": { first } } }, /frames\.3\.last: is missing: give the https URL/],
    ["lacks a first frame", { frames: { "3": { last } } }, /frames\.3\.first: is missing/],
    ["has a frame that is no URL", { frames: { "3": { first: "a.png", last } } }, /frames\.3\.first: /],
    [
      "has a frame on a private network",
      { frames: { "1": pair, "3": { first, last: "https://10.0.0.1/b.png" } } },
      /^frames\.3\.last: /,
    ],
    ["has a third frame", { frames: { "3": { ...pair, middle: first } } }, /unknown field frames\.3\.middle/],
    ["has no pairs", { frames: {} }, /frames: needs at least one pair/],
    ["has too many pairs", { frames: many }, /frames: may hold 50 pairs/],
    ["names a pair with a slash", { frames: { "a/b": pair } }, /frames\.a\/b: a name has 1 to 40/],
    ["names a pair as Firestore does", { frames: { __id__: pair } }, /frames\.__id__: a name has/],
    ["has no prompt at all", { prompt: undefined }, /prompts\.1: is missing: .*; prompts\.2: is missing/],
    [
      "lacks one prompt",
      { prompt: undefined, prompts: { "1": "A", "2": "B" } },
      /prompts\.intro: is missing/,
    ],
    ["has an empty prompt", { prompts: { "2": "  " } }, /prompts\.2: .*must not be empty/],
    ["has a prompt for nothing", { prompts: { "9": "A" } }, /prompts\.9: there are no frames with this name/],
    ["has an option that is not one", { colour: "red" }, /unknown field colour/],
    ["is too long", { durationSeconds: 61 }, /durationSeconds/],
  ])("that %s is refused by name", (_name, changes, message) => {
    const error = refusal({ ...clips, ...changes });
    expect(error.code).toBe("invalid_argument");
    expect(error.message).toMatch(message);
  });

  it.each(["constructor", "toString", "hasOwnProperty"])("may name a pair %s", (name) => {
    const { requests } = parseClips({ frames: { [name]: pair }, prompt: "It grows" });
    expect(requests.get(name)).toMatchObject({ prompt: "It grows" });
  });
});
