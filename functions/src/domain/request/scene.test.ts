import { describe, expect, it } from "@jest/globals";
import { ratioValue } from "../provider/resolution.js";
import { sceneAdjustments, sceneResolutions, sceneShape } from "./scene.js";

describe("the resolution of a scenario", () => {
  it.each([
    ["1280:720", "16:9", "1920:1080"],
    ["720:1280", "9:16", "1080:1920"],
    ["1104:832", "4:3", "1440:1080"],
    ["832:1104", "3:4", "1080:1440"],
    ["960:960", "1:1", "1080:1080"],
    ["1584:672", "21:9", "2112:912"],
  ])("%s is %s, with a picture of %s", (asked, aspectRatio, image) => {
    expect(sceneShape(asked)).toMatchObject({ video: asked, aspectRatio, image });
    expect(sceneAdjustments(asked)).toEqual([]);
  });

  it.each(sceneResolutions)("%s has a picture of its own ratio", (asked) => {
    const { image, video, aspectRatio } = sceneShape(asked);
    const [a = 1, b = 1, c = 1, d = 1] = `${image}:${video}`.split(":").map(Number);
    expect(Math.abs(Math.log(a / b / (c / d)))).toBeLessThan(0.03);
    expect(Math.abs(Math.log(a / b / ratioValue(aspectRatio)))).toBeLessThan(0.03);
  });

  it.each([
    ["1280:768", "1280:720"],
    ["768:1280", "720:1280"],
  ])("%s is taken as %s, and that is told", (asked, given) => {
    expect(sceneShape(asked).video).toBe(given);
    expect(sceneAdjustments(asked)).toMatchObject([{ asked, given }]);
  });

  it("is 720:1280 when none is named", () => {
    expect(sceneShape(undefined).video).toBe("720:1280");
  });

  it("is refused with the known ones when it is unknown", () => {
    expect(() => sceneShape("1000:1000")).toThrow(
      /scenario.resolution: unknown 1000:1000; known are 1280:720/,
    );
  });
});
