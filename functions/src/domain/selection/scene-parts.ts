import { microsToUsd, type UsdMicros } from "../money.js";
import type { Catalogue } from "../provider/catalogue.js";
import type { Exactly, Kept, sceneOptions } from "../request/part-options.js";
import {
  type ExactField,
  exactFieldsOf,
  type ModelRequest,
  modeOf,
  type StillRequest,
  type VideoRequest,
} from "../request/request.js";
import { pixelsNamed, type SceneRequest, sceneShape } from "../request/scene.js";

/** Prompts name the reference picture by this tag. */
const referenceTag = "product";

/** The request for the picture that a scene begins with. */
export function stillOf(scene: SceneRequest): StillRequest & Pick<ModelRequest, "pixels"> {
  const { imagePrompt, referenceImage, sceneResolution, imageAccess } = scene;
  const { aspectRatio, imageResolution, image } = sceneShape(sceneResolution);
  return {
    kind: "still",
    prompt: imagePrompt,
    ...(referenceImage === undefined ? {} : { references: [{ url: referenceImage, tag: referenceTag }] }),
    ...(imageAccess === undefined ? {} : { imageAccess }),
    ...optionsOf(scene),
    // Nobody asked for a size of the picture: only what the video makes of it is seen.
    ...exactlyIn(scene, (field) => !isOfShape(field)),
    aspectRatio,
    resolution: imageResolution,
    pixels: pixelsNamed(image),
  };
}

function isOfShape(field: ExactField): boolean {
  return field === "aspectRatio" || field === "resolution";
}

function exactlyIn(scene: SceneRequest, holds: (field: ExactField) => boolean): { exact?: ExactField[] } {
  const fields = exactFieldsOf(scene).filter(holds);
  return fields.length === 0 ? {} : { exact: fields };
}

/** The request for the video that begins with this picture: its address, or a reference to our own file. */
export function videoOf(scene: SceneRequest, image: string): VideoRequest & Pick<ModelRequest, "pixels"> {
  const { visualPrompt, durationSeconds, camera, sceneResolution } = scene;
  const { aspectRatio, videoResolution, video } = sceneShape(sceneResolution);
  return {
    kind: "image",
    prompt: visualPrompt,
    image,
    durationSeconds,
    ...(camera === undefined ? {} : { camera }),
    ...optionsOf(scene),
    ...exactlyIn(scene, () => true),
    aspectRatio,
    resolution: videoResolution,
    pixels: pixelsNamed(video),
  };
}

/** Options of the scene that hold for both steps. Its limits are shared out by whoever starts them. */
function optionsOf({ providers, ...scene }: SceneRequest) {
  const { kind, imagePrompt, visualPrompt, referenceImage, durationSeconds, sceneResolution, ...options } =
    scene;
  const {
    preset,
    camera,
    exact,
    maxCostUsd,
    output,
    contentDraftId,
    priceKey,
    metadata,
    requestId,
    imageAccess,
    ...kept
  } = options;
  const all: Exactly<typeof kept, Kept<typeof sceneOptions>> = kept;
  return { ...all, providers, audio: false, output: { format: "mp4" } } as const;
}

/**
 * The request of one step with the limits that the caller set for the whole: what is left of the
 * money, and of the named models those that serve this step. A provider's name holds for both steps.
 */
export function stepRequest<Request extends ModelRequest>(
  catalogue: Catalogue,
  scene: SceneRequest,
  request: Request,
  spentUsdMicros: UsdMicros,
): Request {
  const { maxCostUsd, providers } = scene;
  const mode = modeOf(request);
  const serves = (name: string) =>
    catalogue.providers.includes(name) ||
    catalogue.entries.some(({ model }) => model.id === name && model.modes[mode] !== undefined);
  const { only, ...others } = providers;
  const named = only?.filter(serves) ?? [];
  return {
    ...request,
    providers: { ...others, ...(named.length === 0 ? {} : { only: named }) },
    ...(maxCostUsd === undefined
      ? {}
      : { maxCostUsd: Math.max(0, maxCostUsd - microsToUsd(spentUsdMicros)) }),
  };
}
