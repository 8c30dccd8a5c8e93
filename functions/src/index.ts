export { adminBatchStatusCheck } from "./entrypoints/admin.js";
export {
  adminCheckCredits,
  adminDrift,
  adminGrantCredits,
  adminListAmbiguous,
  adminPause,
  adminRedrive,
  adminResolveAmbiguous,
} from "./entrypoints/admin-money.js";
export { adminDryRunPolicy, adminPolicy, adminSetPolicy } from "./entrypoints/admin-policy.js";
export { adminProviders, adminRunHealthCheck, adminSetProvider } from "./entrypoints/admin-providers.js";
export { adminRegisterWebhook } from "./entrypoints/admin-webhooks.js";
export {
  cancelClips,
  cancelSceneBatch,
  createClips,
  createSceneBatch,
  getClips,
  getSceneBatch,
  retryClip,
  retrySceneInBatch,
} from "./entrypoints/batches.js";
export { getCredits } from "./entrypoints/credits.js";
export { createSceneVideo, retryVideo } from "./entrypoints/scenes.js";
export { checkHealth, checkMoney, cleanUp, sweep } from "./entrypoints/schedules.js";
export { advanceJob, pollJob, startJob, storeVideo } from "./entrypoints/tasks.js";
export {
  cancelVideo,
  createVideo,
  getVideo,
  getVideoUrl,
  listVideos,
  quoteVideo,
  waitForVideo,
} from "./entrypoints/videos.js";
export { webhook } from "./entrypoints/webhooks.js";
