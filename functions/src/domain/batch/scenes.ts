import { parseInput } from "../request/request.js";
import { type SceneRequest, sceneInputSchema, toScene } from "../request/scene-request.js";
import { itemsOf, projectId } from "./items.js";
import type { BatchOrder } from "./order.js";

/** Scenes by key; the scenario and all options are those of every scene. */
const sceneBatchSchema = sceneInputSchema.omit({ scene: true }).extend({
  scenes: itemsOf(sceneInputSchema.shape.scene, { one: "scene", many: "scenes" }),
  projectId,
});

/** Parses input from a client; throws a `RequestError` that names the scene, the field and the remedy. */
export function parseSceneBatch(input: unknown): BatchOrder {
  const { scenes, requestId, projectId: project, ...shared } = parseInput(sceneBatchSchema, input);
  const requests = Object.entries(scenes).map(([key, scene]): [string, SceneRequest] => [
    key,
    toScene({ ...shared, scene }),
  ]);
  return { type: "scenes", requestId, projectId: project ?? null, requests: new Map(requests) };
}
