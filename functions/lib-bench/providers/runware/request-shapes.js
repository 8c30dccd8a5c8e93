const veo = { audio: "google", namesCount: true, format: "MP4" };
// With a picture given, its shape decides: width and height are refused (docs of 2026-09-24).
const kling = { audio: "klingai", format: "MP4", size: { image: "none", frames: "none" } };
/** By the vendor's model name. */
export const requestShapes = {
    "google:3@2": veo,
    "google:3@3": veo,
    "google:veo@3.1-lite": { ...veo, size: { frames: "resolution" } },
    "klingai:kling-video@3-standard": kling,
    "klingai:kling-video@3-pro": kling,
    "pixverse:1@3": { format: "MP4" },
    "pixverse:1@5": { format: "MP4" },
    "pixverse:1@8": { format: "MP4" },
    "bytedance:2@1": { format: "MP4" },
    "bytedance:seedance@2.0": {
        audio: "settings",
        format: "MP4",
        size: { image: "resolution", frames: "resolution" },
    },
    "openai:3@1": { format: "MP4" },
    // Derives its size from the picture; only 1@2 declares width and height as required.
    "runway:1@1": { format: "MP4", size: { image: "none" } },
    "runway:1@2": { format: "MP4" },
    "runware:101@1": { namesCount: true, format: "JPG" },
    "google:4@3": {},
};
//# sourceMappingURL=request-shapes.js.map