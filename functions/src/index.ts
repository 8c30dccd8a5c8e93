export { adminBatchStatusCheck } from "./entrypoints/callables/admin-jobs.js";
export {
  adminCheckCredits,
  adminDrift,
  adminGrantCredits,
  adminListAmbiguous,
  adminPause,
  adminRedrive,
  adminResolveAmbiguous,
} from "./entrypoints/callables/admin-money.js";
export { adminDryRunPolicy, adminPolicy, adminSetPolicy } from "./entrypoints/callables/admin-policy.js";
export {
  adminProviders,
  adminRunHealthCheck,
  adminSetProvider,
} from "./entrypoints/callables/admin-providers.js";
export { adminRegisterWebhook } from "./entrypoints/callables/admin-webhooks.js";
export {
  cancelClips,
  cancelSceneBatch,
  createClips,
  createSceneBatch,
  getClips,
  getSceneBatch,
  retryClip,
  retrySceneInBatch,
} from "./entrypoints/callables/batches.js";
export { getCredits } from "./entrypoints/callables/credits.js";
export { createSceneVideo, retryVideo } from "./entrypoints/callables/scenes.js";
export {
  cancelVideo,
  createVideo,
  getVideo,
  getVideoUrl,
  listVideos,
  quoteVideo,
  waitForVideo,
} from "./entrypoints/callables/videos.js";
export { checkHealth, checkMoney, cleanUp, sweep } from "./entrypoints/triggers/schedules.js";
export { pollJob, startJob, storeVideo } from "./entrypoints/triggers/tasks.js";
export { webhook } from "./entrypoints/triggers/webhooks.js";
