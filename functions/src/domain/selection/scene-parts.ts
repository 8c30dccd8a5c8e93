import type { Exactly, Kept, sceneOptions } from "../request/part-options.js";
import type { StillRequest, VideoRequest } from "../request/request.js";
import { type SceneRequest, sceneShape } from "../request/scene.js";

/** Prompts name the reference picture by this tag. */
const referenceTag = "product";

/** The request for the picture that a scene begins with. */
export function stillOf(scene: SceneRequest): StillRequest {
  const { imagePrompt, referenceImage, sceneResolution } = scene;
  const { aspectRatio, imageResolution } = sceneShape(sceneResolution);
  return {
    kind: "still",
    prompt: imagePrompt,
    ...(referenceImage === undefined ? {} : { references: [{ url: referenceImage, tag: referenceTag }] }),
    ...optionsOf(scene),
    aspectRatio,
    resolution: imageResolution,
  };
}

/** The request for the video that begins with the picture at this address. */
export function videoOf(scene: SceneRequest, image: string): VideoRequest {
  const { visualPrompt, durationSeconds, camera, sceneResolution } = scene;
  const { aspectRatio, videoResolution } = sceneShape(sceneResolution);
  return {
    kind: "image",
    prompt: visualPrompt,
    image,
    durationSeconds,
    ...(camera === undefined ? {} : { camera }),
    ...optionsOf(scene),
    aspectRatio,
    resolution: videoResolution,
  };
}

/** Options of the scene that hold for both steps. Its limits are shared out by whoever starts them. */
function optionsOf({ providers, ...scene }: SceneRequest) {
  const { kind, imagePrompt, visualPrompt, referenceImage, durationSeconds, sceneResolution, ...options } =
    scene;
  const { camera, maxCostUsd, output, contentDraftId, metadata, requestId, ...kept } = options;
  const all: Exactly<typeof kept, Kept<typeof sceneOptions>> = kept;
  return { ...all, providers, audio: false, output: { format: "mp4" } } as const;
}
