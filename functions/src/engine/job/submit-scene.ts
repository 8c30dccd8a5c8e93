import type { Caller } from "../../domain/job/new-job.js";
import { parseScene, type SceneRequest } from "../../domain/request/scene.js";
import { checkProviderNames } from "../../domain/selection/selection.js";
import type { Deps } from "../deps.js";
import { type Submitted, submitRequest } from "./submit-job.js";

/** Accepts a scene, like any other request. Throws `RequestError`. */
export function submitScene(deps: Deps, caller: Caller, input: unknown): Promise<Submitted> {
  return submitRequest(deps, caller, checkScene(deps, input));
}

/** Reads a scene as far as that is possible without asking anybody. Throws `RequestError`. */
export function checkScene({ catalogue }: Pick<Deps, "catalogue">, input: unknown): SceneRequest {
  const scene = parseScene(input);
  checkProviderNames(catalogue, scene);
  return scene;
}
