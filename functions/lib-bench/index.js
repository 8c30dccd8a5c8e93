export { adminBatchStatusCheck } from "./entrypoints/admin.js";
export { getCredits } from "./entrypoints/credits.js";
export { checkHealth, cleanUp, sweep } from "./entrypoints/schedules.js";
export { pollJob, startJob, storeVideo } from "./entrypoints/tasks.js";
export { cancelVideo, createVideo, getVideo, getVideoUrl, listVideos, waitForVideo, } from "./entrypoints/videos.js";
//# sourceMappingURL=index.js.map