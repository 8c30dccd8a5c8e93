import { z } from "zod";
import { common, durationSeconds, parseInput, publicUrl, requestLimits, text } from "./request.js";
import { defaultSceneResolution, sceneShape } from "./scene-resolution.js";

const { aspectRatio, resolution, output, audio, ...options } = common;

/** Endings that say what a picture is; an address without one is left to the provider. */
const referenceImage = publicUrl.refine((url) => {
  const ending = /\.([A-Za-z0-9]{1,5})$/.exec(URL.canParse(url) ? new URL(url).pathname : "")?.[1];
  return ending === undefined || /^(png|jpe?g|webp)$/i.test(ending);
}, "must be a PNG, JPEG or WebP picture");

/** What a client sends: a scene, and the scenario that it belongs to. */
export const sceneInputSchema = z.strictObject({
  scene: z.strictObject({
    imagePrompt: text("scene.imagePrompt", requestLimits.prompt),
    visualPrompt: text("scene.visualPrompt", requestLimits.prompt),
    /** Called `@product` in the image prompt. */
    referenceImage: referenceImage.optional(),
    durationSeconds: durationSeconds.default(5),
  }),
  scenario: z.strictObject({ resolution: z.string().max(40).optional() }).default({}),
  ...options,
});

/** A scene as a job keeps it: a picture is made first, and then the video that begins with it. */
export type SceneRequest = Omit<z.infer<typeof sceneInputSchema>, "scene" | "scenario"> &
  z.infer<typeof sceneInputSchema>["scene"] & {
    readonly kind: "scene";
    /** As the scenario spelled it. */
    readonly sceneResolution: string;
    readonly output: { readonly format: "mp4" };
  };

/** Parses a scene from a client; throws a `RequestError` that names the field and the remedy. */
export function parseScene(input: unknown): SceneRequest {
  return toScene(parseInput(sceneInputSchema, input));
}

/** Throws a `RequestError` for a resolution that no scenario has. */
export function toScene({ scene, scenario, ...rest }: z.infer<typeof sceneInputSchema>): SceneRequest {
  const sceneResolution = scenario.resolution ?? defaultSceneResolution;
  sceneShape(sceneResolution);
  return { kind: "scene", ...scene, sceneResolution, output: { format: "mp4" }, ...rest };
}
