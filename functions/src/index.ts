export {
  adminBatchStatusCheck,
  adminListAmbiguous,
  adminRedrive,
  adminResolveAmbiguous,
} from "./entrypoints/callables/admin-jobs.js";
export { adminDryRunPolicy, adminPolicy, adminSetPolicy } from "./entrypoints/callables/admin-policy.js";
export {
  adminDrift,
  adminPause,
  adminProviders,
  adminRegisterWebhook,
  adminRunHealthCheck,
  adminSetProvider,
} from "./entrypoints/callables/admin-providers.js";
export {
  cancelClips,
  cancelSceneBatch,
  createClips,
  createSceneBatch,
  getClips,
  getSceneBatch,
  listBatches,
  retryClip,
  retrySceneInBatch,
} from "./entrypoints/callables/batches.js";
export { adminCheckCredits, adminGrantCredits, getCredits } from "./entrypoints/callables/credits.js";
export { adminDeleteUser, deleteMyData } from "./entrypoints/callables/persons.js";
export {
  cancelVideo,
  createSceneVideo,
  createVideo,
  getVideo,
  getVideoUrl,
  listVideos,
  quoteVideo,
  retryVideo,
} from "./entrypoints/callables/videos.js";
export { waitForVideo } from "./entrypoints/callables/wait-for-video.js";
export { userDeleted } from "./entrypoints/triggers/accounts.js";
export { checkHealth, checkMoney, cleanUp, storeOverdue, sweep } from "./entrypoints/triggers/schedules.js";
export { advanceJob, deleteUser, pollJob, startJob, storeVideo } from "./entrypoints/triggers/tasks.js";
export { webhook } from "./entrypoints/triggers/webhooks.js";
