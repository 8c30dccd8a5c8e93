import { describe, expect, it } from "@jest/globals";
import type { GenerationPlan } from "../provider/provider.js";
import { type Asked, mismatch as mismatchOf, pictureMismatch, type VideoFacts } from "./check.js";

const plan: GenerationPlan = {
  model: "m",
  mode: "text",
  text: "A paper boat",
  size: { ratio: "16:9", resolution: "720p", width: 1280, height: 720 },
  durationSeconds: 5,
  audio: false,
};
const facts = { width: 1280, height: 720, durationSeconds: 5, codec: "avc1", hasAudio: false };

const tolerance = 0.1;

function mismatch(found: VideoFacts, wanted: GenerationPlan): string | null {
  return mismatchOf(found, wanted, tolerance);
}

describe("comparing a stored file with what was asked", () => {
  it.each([
    [5, true],
    [5.5, true],
    [4.5, true],
    [4.49, false],
    [2.5, false],
    [5.51, true],
    [60, true],
    [0, false],
  ])("a file of %d s for 5 s: %s", (durationSeconds, fits) => {
    expect(mismatch({ ...facts, durationSeconds }, plan) === null).toBe(fits);
  });

  it("allows a short clip a third of a second", () => {
    const short = { ...plan, durationSeconds: 1 };
    expect(mismatch({ ...facts, durationSeconds: 0.66 }, short)).toBeNull();
    expect(mismatch({ ...facts, durationSeconds: 0.6 }, short)).not.toBeNull();
  });

  it.each([
    [1920, 1080, true],
    [1280, 704, true],
    [1152, 648, true],
    [1150, 646, false],
    [848, 480, false],
    [640, 360, false],
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

  it.each([
    ["480p", 848, 480],
    ["720p", 1280, 720],
    ["1080p", 1920, 1080],
    ["4k", 3840, 2160],
  ] as const)(
    "takes %s that is as large as it was promised or larger, and nothing smaller",
    (resolution, width, height) => {
      const wanted = { ...plan, size: { ratio: "16:9", resolution, width, height } } as const;
      for (const scale of [0.2, 0.5, 0.75, 0.89, 0.91, 1, 1.5, 2]) {
        const made = { ...facts, width: Math.round(width * scale), height: Math.round(height * scale) };
        const isTaken = scale > 0.9;
        expect(mismatch(made, wanted) === null).toBe(isTaken);
        expect(pictureMismatch(made, wanted, tolerance) === null).toBe(isTaken);
        expect(mismatch(made, { ...wanted, shapeFromPicture: true }) === null || !isTaken).toBe(true);
      }
    },
  );

  it.each([
    [720, 720, true],
    [720, 1280, true],
    [1680, 720, true],
    [640, 360, false],
    [320, 1280, false],
  ])("measures %dx%d by its area where the shape is that of a picture: %s", (width, height, fits) => {
    expect(mismatch({ ...facts, width, height }, { ...plan, shapeFromPicture: true }) === null).toBe(fits);
  });

  it("wants the pixels of a spoken video as well", () => {
    const spoken: GenerationPlan = { ...plan, mode: "avatar" };
    expect(mismatch({ ...facts, width: 640, height: 360, hasAudio: true }, spoken)).toBe(
      "640x360 pixels instead of 1280x720 (720p)",
    );
  });
});

describe("a file that was planned as another than was asked for", () => {
  const asked: Asked = { seconds: 5, ratio: "16:9", shorterFraction: 0.2, ratioDistance: 0.05 };
  const planned = { ...plan, durationSeconds: 8 };
  const check = (found: Partial<VideoFacts>, wanted = planned) =>
    mismatchOf({ ...facts, ...found }, wanted, tolerance, asked);

  it.each([
    [8, true],
    [5, true],
    [4, true],
    [3.99, false],
    [30, true],
  ])("may last %d s where 5 s were asked and 8 s planned: %s", (durationSeconds, fits) => {
    expect(check({ durationSeconds }) === null).toBe(fits);
  });

  it.each([
    [1344, 768, true],
    [1280, 720, true],
    [1280, 768, false],
    [768, 1344, false],
  ])("may have %dx%d pixels where 16:9 was asked and 7:4 planned: %s", (width, height, fits) => {
    const size = { ...plan.size, width: 1260, height: 720 };
    expect(check({ width, height }, { ...planned, size }) === null).toBe(fits);
  });
});
