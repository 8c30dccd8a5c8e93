import { describe, expect, it } from "@jest/globals";
import { buildCatalogue, vendors } from "../../providers/index.js";
import { exampleModel, textMode } from "../__fixtures__/models.js";
import { textRequest } from "../__fixtures__/requests.js";
import type { Mode, ModeName, ProviderModel } from "../provider/model.js";
import { ratios, ratioValue, resolutions, type Size, size } from "../provider/resolution.js";
import { type ModelRequest, parseRequest, stillRequestSchema } from "../request/request.js";
import { parseScene, sceneResolutions } from "../request/scene.js";
import { adjustmentsOf, fitModel } from "./fit.js";
import { stillOf, videoOf } from "./scene-parts.js";

const today = "2026-09-01";
const picture = "https://images.example.com/picture.png";
const { entries } = buildCatalogue(vendors, new Set());

const shortEdges = { "480p": 480, "720p": 720, "1080p": 1_080, "4k": 2_160 };

function requestOf(mode: ModeName, facts: Mode, shape: object): ModelRequest {
  const prompt = "A paper boat on a river at dawn";
  const script = "Welcome to our spring collection.";
  switch (mode) {
    case "text":
      return parseRequest({ kind: "text", prompt, ...shape });
    case "image":
      return parseRequest({ kind: "image", prompt, image: picture, ...shape });
    case "frames":
      return parseRequest({ kind: "frames", prompt, firstFrame: picture, lastFrame: picture, ...shape });
    case "avatar":
      return parseRequest({ kind: "avatar", script, ...shape });
    case "photo":
      return parseRequest({ kind: "avatar", script, image: picture, ...shape });
    case "still": {
      const references = facts.references?.min === 1 ? [{ url: picture, tag: "product" }] : [];
      return stillRequestSchema.parse({ kind: "still", prompt, references, ...shape });
    }
  }
}

function told(model: ProviderModel, request: ModelRequest): { made: Size; fields: string[] } {
  const fit = fitModel(model, request, today);
  if (typeof fit === "string") throw new Error(`${model.id}: ${fit}`);
  const shape = adjustmentsOf(model, request, fit).filter(({ field }) =>
    /^(aspectRatio|resolution)$/.test(field),
  );
  return { made: fit.size, fields: shape.map(({ field }) => field) };
}

const rows = entries.flatMap(({ model }) =>
  Object.entries(model.modes).map(([mode, facts]): [string, ProviderModel, ModeName, Mode] => [
    `${model.id}, ${mode}`,
    model,
    mode as ModeName,
    facts,
  ]),
);

describe("over the whole catalogue, what differs in shape is told and what does not is not", () => {
  it.each(rows)("%s", (_name, model, mode, facts) => {
    for (const aspectRatio of ratios) {
      for (const resolution of resolutions) {
        const { made, fields } = told(model, requestOf(mode, facts, { aspectRatio, resolution }));
        const short = shortEdges[resolution];
        const value = ratioValue(aspectRatio);
        // An even edge may be off by one pixel, which is no other ratio.
        const isRatio = Math.abs(made.width - made.height * value) <= Math.max(1, value);
        const isSize =
          Math.min(made.width, made.height) === short &&
          Math.abs(Math.max(made.width, made.height) - short * Math.max(value, 1 / value)) <= 1;
        // In another ratio the same word stands for other pixels; the ratio says so.
        const isOtherRatio = made.ratio !== aspectRatio && made.resolution === resolution;
        const expected = [
          ...(isRatio && facts.shapeFromPicture !== true ? [] : ["aspectRatio"]),
          ...(isSize ? [] : ["resolution"]),
        ].filter((field) => field !== "resolution" || !isOtherRatio);
        const found = [...new Set(fields)].filter((field) => field !== "resolution" || !isOtherRatio);
        expect({ aspectRatio, resolution, made, told: found }).toEqual({
          aspectRatio,
          resolution,
          made,
          told: expected,
        });
      }
    }
  });

  it("also for the pixels that a scenario names", () => {
    for (const sceneResolution of sceneResolutions) {
      const scene = parseScene({
        scene: { imagePrompt: "A cup", visualPrompt: "It turns" },
        scenario: { resolution: sceneResolution },
      });
      for (const [request, mode] of [
        [stillOf(scene), "still"],
        [videoOf(scene, picture), "image"],
      ] as const) {
        const { width, height } = request.pixels ?? { width: 0, height: 0 };
        for (const [, model, , facts] of rows.filter(([, , name]) => name === mode)) {
          if ((facts.references?.min ?? 0) > 0 || facts.shapeFromPicture === true) continue;
          const { made, fields } = told(model, request);
          const isMade = made.width === width && made.height === height;
          expect({ id: model.id, made, told: fields.length > 0 }).toEqual({
            id: model.id,
            made,
            told: !isMade,
          });
        }
      }
    }
  });
});

describe("a shape that is only nearly as asked", () => {
  const sizes = [
    size("21:9", "720p", 1584, 672),
    size("9:16", "480p", 480, 864),
    size("16:9", "720p", 1280, 720),
  ];
  const model = exampleModel({ modes: { text: { ...textMode, sizes } } });
  const adjustments = (shape: Record<string, unknown>) => {
    const request = textRequest(shape);
    const fit = fitModel(model, request, today);
    return typeof fit === "string" ? [] : adjustmentsOf(model, request, fit);
  };

  it("is told with what it is, and in which pixels", () => {
    expect(adjustments({ aspectRatio: "21:9" })).toEqual([
      { field: "aspectRatio", asked: "21:9", given: "2.357:1", reason: "Acme Clip 1 makes 1584x672 of it" },
      {
        field: "resolution",
        asked: "720p",
        given: "1584x672",
        reason: "Acme Clip 1 makes 21:9 in these pixels",
      },
    ]);
    expect(adjustments({ aspectRatio: "9:16", resolution: "480p" })).toMatchObject([
      { field: "aspectRatio", given: "1:1.8" },
      { field: "resolution", given: "480x864" },
    ]);
  });

  it("is not told when it is exactly that", () => {
    expect(adjustments({})).toEqual([]);
  });
});
