import functionsTest from "firebase-functions-test";
import * as functions from "../../index.js";
import { useRuntime } from "../runtime.js";
import { call, dispatch, textRequest } from "./calls.js";
import { openWorld, type World } from "./world.js";

const { wrap, cleanup } = functionsTest({ projectId: "demo-entrypoints" });

/** To be called when the tests of a file are over. */
export const endTests = cleanup;

export const createVideo = wrap(functions.createVideo);
export const getVideo = wrap(functions.getVideo);
export const listVideos = wrap(functions.listVideos);
export const cancelVideo = wrap(functions.cancelVideo);
export const getVideoUrl = wrap(functions.getVideoUrl);
export const getCredits = wrap(functions.getCredits);
export const adminBatchStatusCheck = wrap(functions.adminBatchStatusCheck);

const taskFunctions = {
  start: functions.startJob,
  poll: functions.pollJob,
  store: functions.storeVideo,
};

/** A world that the functions work in from now on. */
export function useWorld(options: { welcomeCredits?: number } = {}): World {
  const world = openWorld(options);
  useRuntime(world.deps);
  return world;
}

export async function startVideo(uid = "ada", more: object = {}): Promise<string> {
  const { jobId } = await createVideo(call({ ...textRequest, ...more }, uid));
  return jobId;
}

/** What Cloud Tasks would deliver at this moment. */
export async function runDueTasks(world: World): Promise<void> {
  for (const task of world.queue.takeDue(world.deps.now())) await dispatch(taskFunctions[task.type], task);
}

export async function finishVideos(world: World): Promise<void> {
  await world.runTasks((task) => dispatch(taskFunctions[task.type], task));
}
