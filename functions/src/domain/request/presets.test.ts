import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { parseClips, parseSceneBatch } from "../batch/batch-request.js";
import { presetNames, presetValues } from "./presets.js";
import { parseRequest } from "./request.js";
import { parseScene } from "./scene.js";

const picture = "https://images.example.com/a.png";
const kinds = {
  text: { kind: "text", prompt: "A boat" },
  image: { kind: "image", prompt: "A boat", image: picture },
  frames: { kind: "frames", prompt: "A boat", firstFrame: picture, lastFrame: picture },
  avatar: { kind: "avatar", script: "Good morning" },
} as const;
const scene = { imagePrompt: "A boat", visualPrompt: "It sails" };
const frames = { "1": { first: picture, last: picture }, "2": { first: picture, last: picture } };

describe("a preset", () => {
  it("gives a reel what the earlier system gave it", () => {
    expect(parseRequest({ ...kinds.text, preset: "instagram-reel" })).toMatchObject({
      preset: "instagram-reel",
      aspectRatio: "9:16",
      resolution: "1080p",
      durationSeconds: 30,
      strategy: "creative",
      output: { format: "mp4", bitrateKbps: 5_000 },
    });
  });

  it.each(presetNames)("%s is a request of every kind, of which all values are shown", (preset) => {
    for (const [kind, request] of Object.entries(kinds)) {
      const { output, ...values } = presetValues(preset, kind);
      const parsed = parseRequest({ ...request, preset });
      expect(parsed).toMatchObject({ ...values, output: { format: "mp4", ...output } });
    }
  });

  it("stands behind what is asked for by itself, whatever that is", () => {
    const explicit = fc.record(
      {
        aspectRatio: fc.constantFrom("16:9", "1:1", "4:3"),
        resolution: fc.constantFrom("480p", "720p"),
        durationSeconds: fc.integer({ min: 1, max: 60 }),
        strategy: fc.constantFrom("default", "precise"),
        output: fc.constantFrom({ format: "mp4" }, { format: "gif" }, { format: "mp4", bitrateKbps: 300 }),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.constantFrom(...presetNames), explicit, (preset, fields) => {
        expect(parseRequest({ ...kinds.text, ...fields, preset })).toMatchObject(fields);
      }),
    );
  });

  it("leaves the length to what is made in one generation, and to a script", () => {
    expect(parseRequest({ ...kinds.frames, preset: "tiktok" })).toMatchObject({ durationSeconds: 8 });
    expect(parseRequest({ ...kinds.avatar, preset: "tiktok" })).not.toHaveProperty("durationSeconds");
  });

  it.each<[string, unknown, string]>([
    ["a typing mistake", "instagram-real", "did you mean instagram-reel?"],
    ["half a name", "linked", "did you mean linkedin?"],
    ["nobody's name", "vimeo", "must be one of instagram-reel, instagram-story"],
    ["a name that every object has", "constructor", "must be one of"],
    ["no text", 5, "must be one of"],
  ])("that is %s is refused with what is possible", (_name, preset, message) => {
    for (const parse of [
      () => parseRequest({ ...kinds.text, preset }),
      () => parseScene({ scene, preset }),
      () => parseClips({ frames, prompt: "It grows", preset }),
      () => parseSceneBatch({ scenes: { "1": scene }, preset }),
    ]) {
      expect(parse).toThrow(message);
      expect(parse).toThrow(/^preset: /);
    }
  });

  it("gives a scene its ratio and strategy, unless the scenario has a resolution of its own", () => {
    expect(parseScene({ scene, preset: "youtube" })).toMatchObject({
      sceneResolution: "1280:720",
      strategy: "default",
      durationSeconds: 5,
    });
    expect(
      parseScene({ scene, preset: "youtube", scenario: { resolution: "960:960" } }).sceneResolution,
    ).toBe("960:960");
    const { requests } = parseSceneBatch({ scenes: { "1": scene, "2": scene }, preset: "instagram-post" });
    for (const request of requests.values()) {
      expect(request).toMatchObject({ sceneResolution: "960:960", strategy: "creative" });
    }
  });

  it("is that of every clip", () => {
    const { requests } = parseClips({ frames, prompt: "It grows", preset: "youtube" });
    for (const request of requests.values()) {
      expect(request).toMatchObject({
        aspectRatio: "16:9",
        resolution: "1080p",
        output: { bitrateKbps: 8_000 },
      });
    }
  });
});

describe("clips", () => {
  it("are upright, unless another ratio is asked for", () => {
    const ratioOf = (more: object) =>
      [...parseClips({ frames, prompt: "It grows", ...more }).requests.values()].map(
        (request) => "aspectRatio" in request && request.aspectRatio,
      );
    expect(ratioOf({})).toEqual(["9:16", "9:16"]);
    expect(ratioOf({ aspectRatio: "16:9" })).toEqual(["16:9", "16:9"]);
  });

  it("have a length of their own, or that of all, or eight seconds", () => {
    const own = { ...frames, "2": { ...frames["2"], durationSeconds: 5 } };
    const lengths = (more: object) =>
      [...parseClips({ frames: own, prompt: "It grows", ...more }).requests.values()].map(
        (request) => "durationSeconds" in request && request.durationSeconds,
      );
    expect(lengths({})).toEqual([8, 5]);
    expect(lengths({ durationSeconds: 6 })).toEqual([6, 5]);
    const tooLong = { "1": { ...frames["1"], durationSeconds: 61 } };
    expect(() => parseClips({ frames: tooLong, prompt: "It grows" })).toThrow(
      "frames.1.durationSeconds: must be at most 60",
    );
  });
});
