import type { ModelRequest } from "./request.js";
import type { SceneRequest } from "./scene-request.js";

/** Whatever a job can be for. A scene is no model's work: it is made of jobs that are. */
export type JobRequest = ModelRequest | SceneRequest;
