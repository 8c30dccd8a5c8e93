import functionsTest from "firebase-functions-test";
import { useRuntime } from "../../src/entrypoints/config/runtime.js";
import * as functions from "../../src/index.js";
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
export const createClips = wrap(functions.createClips);
export const getClips = wrap(functions.getClips);
export const listBatches = wrap(functions.listBatches);
export const retryClip = wrap(functions.retryClip);
export const cancelClips = wrap(functions.cancelClips);
export const createSceneVideo = wrap(functions.createSceneVideo);
export const retryVideo = wrap(functions.retryVideo);
export const createSceneBatch = wrap(functions.createSceneBatch);
export const getSceneBatch = wrap(functions.getSceneBatch);
export const getCredits = wrap(functions.getCredits);
export const quoteVideo = wrap(functions.quoteVideo);
export const adminProviders = wrap(functions.adminProviders);
export const adminSetProvider = wrap(functions.adminSetProvider);
export const adminPolicy = wrap(functions.adminPolicy);
export const adminSetPolicy = wrap(functions.adminSetPolicy);
export const adminDryRunPolicy = wrap(functions.adminDryRunPolicy);
export const adminRunHealthCheck = wrap(functions.adminRunHealthCheck);
export const adminBatchStatusCheck = wrap(functions.adminBatchStatusCheck);
export const adminGrantCredits = wrap(functions.adminGrantCredits);
export const adminListAmbiguous = wrap(functions.adminListAmbiguous);
export const adminResolveAmbiguous = wrap(functions.adminResolveAmbiguous);
export const adminDrift = wrap(functions.adminDrift);
export const adminCheckCredits = wrap(functions.adminCheckCredits);
export const adminRedrive = wrap(functions.adminRedrive);
export const adminPause = wrap(functions.adminPause);
export const deleteMyData = wrap(functions.deleteMyData);
export const adminDeleteUser = wrap(functions.adminDeleteUser);
/** A person whose account was deleted. */
export const userDeleted = (uid: string) => functions.userDeleted.run({ data: { uid } } as never);

const taskFunctions = {
  start: functions.startJob,
  poll: functions.pollJob,
  advance: functions.advanceJob,
  store: functions.storeVideo,
  delete_user: functions.deleteUser,
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
