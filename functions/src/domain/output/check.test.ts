import { describe, expect, it } from "@jest/globals";
import type { GenerationPlan } from "../provider/provider.js";
import { mismatch } from "./check.js";

const plan: GenerationPlan = {
  model: "m",
  mode: "text",
  text: "A paper boat",
  size: { ratio: "16:9", resolution: "720p", width: 1280, height: 720 },
  durationSeconds: 5,
  audio: false,
};
const facts = { width: 1280, height: 720, durationSeconds: 5, codec: "avc1", hasAudio: false };

describe("comparing a stored file with what was asked", () => {
  it.each([
    [5, true],
    [5.5, true],
    [4.5, true],
    [5.51, false],
    [2.5, false],
  ])("a file of %d s for 5 s: %s", (durationSeconds, fits) => {
    expect(mismatch({ ...facts, durationSeconds }, plan) === null).toBe(fits);
  });

  it("allows a short clip a third of a second", () => {
    const short = { ...plan, durationSeconds: 1 };
    expect(mismatch({ ...facts, durationSeconds: 1.34 }, short)).toBeNull();
    expect(mismatch({ ...facts, durationSeconds: 1.4 }, short)).not.toBeNull();
  });

  it.each([
    [640, 360, true],
    [1280, 704, true],
    [848, 480, true],
    [720, 1280, false],
    [1280, 960, false],
  ])("a picture of %dx%d for 1280x720: %s", (width, height, fits) => {
    expect(mismatch({ ...facts, width, height }, plan) === null).toBe(fits);
  });

  it("does not compare a length that follows a script, but wants it to be heard", () => {
    const spoken: GenerationPlan = { ...plan, mode: "avatar" };
    expect(mismatch({ ...facts, durationSeconds: 42, hasAudio: true }, spoken)).toBeNull();
    expect(mismatch({ ...facts, durationSeconds: 42 }, spoken)).toContain("no sound");
  });

  it("says what it got and what it wanted", () => {
    expect(mismatch({ ...facts, width: 720, height: 1280 }, plan)).toBe("ratio 720:1280 instead of 16:9");
  });
});
