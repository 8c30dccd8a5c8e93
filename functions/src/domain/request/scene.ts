import { z } from "zod";
import { RequestError } from "../errors.js";
import { didYouMean } from "../nearest.js";
import type { Pixels, Ratio, Resolution } from "../provider/resolution.js";
import { shown } from "../shown.js";
import { parseInput } from "./parse-input.js";
import { isObject, own, presetValues } from "./presets.js";
import {
  type Adjustment,
  common,
  durationSeconds,
  exactFieldsOf,
  type ModelRequest,
  publicUrl,
  requestLimits,
  text,
} from "./request.js";

const { aspectRatio, resolution, output, audio, ...options } = common;

/** Endings that say what a picture is; an address without one is left to the provider. */
const referenceImage = publicUrl.refine((url) => {
  const ending = /\.([A-Za-z0-9]{1,5})$/.exec(URL.canParse(url) ? new URL(url).pathname : "")?.[1];
  return ending === undefined || /^(png|jpe?g|webp)$/i.test(ending);
}, "must be a PNG, JPEG or WebP picture");

/** What a client sends: a scene, and the scenario that it belongs to. */
export const sceneInputSchema = z.strictObject({
  scene: z.strictObject({
    imagePrompt: text(requestLimits.prompt),
    visualPrompt: text(requestLimits.prompt),
    /** Called `@product` in the image prompt. */
    referenceImage: referenceImage.optional(),
    durationSeconds: durationSeconds.default(5),
  }),
  scenario: z.strictObject({ resolution: z.string().max(40).optional() }).default({}),
  /** Who may open the picture: whoever knows its address, or only who is given a link for an hour. */
  imageAccess: z.enum(["public", "private"]).default("public"),
  ...options,
});

/** A scene as a job keeps it: a picture is made first, and then the video that begins with it. */
export type SceneRequest = Omit<z.infer<typeof sceneInputSchema>, "scene" | "scenario" | "imageAccess"> &
  z.infer<typeof sceneInputSchema>["scene"] & {
    readonly kind: "scene";
    /** As the scenario spelled it. */
    readonly sceneResolution: string;
    readonly output: { readonly format: "mp4" };
    /** Absent for a public picture, as in scenes from before there was a choice. */
    readonly imageAccess?: "private";
  };

/** Parses a scene from a client; throws a `RequestError` that names the field and the remedy. */
export function parseScene(input: unknown): SceneRequest {
  return toScene(parseInput(sceneInputSchema, withScenePreset(input)));
}

/** An input with the values of its preset; the ratio is that of the scenario. */
export function withScenePreset(input: unknown): unknown {
  if (!isObject(input)) return input;
  const { aspectRatio, ...values } = presetValues(own(input, "preset"), "scene");
  const video = shapes.find((row) => row.aspectRatio === aspectRatio)?.video;
  const { scenario = {} } = input as { readonly scenario?: unknown };
  return {
    ...values,
    ...input,
    ...(video !== undefined && isObject(scenario) ? { scenario: { resolution: video, ...scenario } } : {}),
  };
}

/** Throws a `RequestError` for a resolution that no scenario has. */
export function toScene(input: z.infer<typeof sceneInputSchema>): SceneRequest {
  const { scene, scenario, imageAccess, ...rest } = input;
  const sceneResolution = scenario.resolution ?? defaultSceneResolution;
  sceneShape(sceneResolution);
  checkExact(rest, sceneResolution);
  return {
    kind: "scene",
    ...scene,
    sceneResolution,
    output: { format: "mp4" },
    ...rest,
    ...(imageAccess === "private" ? { imageAccess } : {}),
  };
}

/** Whatever a job can be for. A scene is no model's work: it is made of jobs that are. */
export type JobRequest = ModelRequest | SceneRequest;

/** The shape of a scene: what its scenario asks for, in our words, for both of its steps. */
export interface SceneShape {
  /** As the scenario spells it. */
  readonly video: string;
  readonly aspectRatio: Ratio;
  readonly videoResolution: Resolution;
  /** Pixels of the picture that the video begins with: the same ratio, larger. */
  readonly image: string;
  readonly imageResolution: Resolution;
}

function shape(video: string, aspectRatio: Ratio, image: string): SceneShape {
  return { video, aspectRatio, videoResolution: "720p", image, imageResolution: "1080p" };
}

/**
 * The picture has the ratio of the video, or the model would cut it. Three rows differ from what
 * earlier systems used: 1168:880 is no true 4:3, 1024:1024 has no published price, and 1920:1080
 * for 21:9 lost a quarter of the picture (the vendor's list of sizes, read 2026-09-26).
 */
const shapes: readonly SceneShape[] = [
  shape("1280:720", "16:9", "1920:1080"),
  shape("720:1280", "9:16", "1080:1920"),
  shape("1104:832", "4:3", "1440:1080"),
  shape("832:1104", "3:4", "1080:1440"),
  shape("960:960", "1:1", "1080:1080"),
  shape("1584:672", "21:9", "2112:912"),
];

/** Sizes of models that are gone; accepted, and told as an adjustment. */
const snapped: Readonly<Record<string, string>> = { "1280:768": "1280:720", "768:1280": "720:1280" };

export const defaultSceneResolution = "720:1280";

/** Every resolution that a scenario may name. */
export const sceneResolutions: readonly string[] = [
  ...shapes.map(({ video }) => video),
  ...Object.keys(snapped),
];

/** Throws `RequestError` for a resolution that is not in the list. */
export function sceneShape(asked: string = defaultSceneResolution): SceneShape {
  const video = snapped[asked] ?? asked;
  const found = shapes.find((row) => row.video === video);
  if (found !== undefined) return found;
  throw new RequestError(
    "invalid_argument",
    `scenario.resolution: unknown ${shown(asked)}${didYouMean(asked, sceneResolutions)}; known are ${sceneResolutions.join(", ")}`,
    { field: "scenario.resolution", known: sceneResolutions },
  );
}

/** Width and height as a scenario names them. */
export function pixelsNamed(name: string): Pixels {
  const [width = 0, height = 0] = name.split(":").map(Number);
  return { width, height };
}

/** Refuses a size that would be snapped where it must be exact. Throws `RequestError`. */
function checkExact(options: Pick<SceneRequest, "exact">, asked: string): void {
  if (snapped[asked] === undefined || !exactFieldsOf(options).includes("resolution")) return;
  const known = shapes.map(({ video }) => video);
  throw new RequestError(
    "invalid_argument",
    `scenario.resolution: no model makes exactly ${asked}; possible are ${known.join(", ")}`,
    { field: "scenario.resolution", known },
  );
}

/** What became of the resolution that was asked for. */
export function sceneAdjustments(asked: string = defaultSceneResolution): Adjustment[] {
  const given = snapped[asked];
  if (given === undefined) return [];
  return [{ field: "scenario.resolution", asked, given, reason: "no model makes this size any more" }];
}
