import { storedPart } from "../../domain/job/composition.js";
import type { Job } from "../../domain/job/job.js";
import type { UsdMicros } from "../../domain/money.js";
import type { ModelRequest } from "../../domain/request/request.js";
import { storedPicture } from "../../domain/request/stored-picture.js";
import { stepRequest, stillOf, videoOf } from "../../domain/selection/scene-parts.js";
import type { Deps } from "../deps.js";

/** What a step of a scene asks for; `null` while the step before it is not done. */
export async function sceneStep(
  { catalogue }: Pick<Deps, "catalogue">,
  { request: scene, composition }: Job,
  name: string,
  spentUsdMicros: UsdMicros,
): Promise<ModelRequest | null> {
  if (scene.kind !== "scene") return null;
  if (name === "image") return stepRequest(catalogue, scene, stillOf(scene), spentUsdMicros);
  const image = storedPart(composition, "image")?.output;
  if (image === undefined) return null;
  const address = image.publicUrl ?? storedPicture(image.path);
  return stepRequest(catalogue, scene, videoOf(scene, address), spentUsdMicros);
}
