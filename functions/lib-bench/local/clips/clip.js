import { canonicalJson, sha256 } from "../../domain/hash.js";
export const framesPerSecond = 12;
const maxSide = 640;
/** Counts up when the drawing or the encoding changes, so that cached files are not reused. */
const clipVersion = 1;
/** The clip of a described file, with the defects that change what is drawn. */
export function toClip(file) {
    const asked = file.defect === "wrong-ratio" ? wrongRatio(file) : file;
    return {
        vendor: file.vendor,
        model: file.model,
        id: file.id,
        askedSize: `${file.width}x${file.height}`,
        ...scaledDown(asked.width, asked.height),
        durationSeconds: file.defect === "short" ? file.durationSeconds / 2 : file.durationSeconds,
        audio: file.audio,
    };
}
/** Equal for equal clips; a name for the cache. */
export function clipKey(clip, medium) {
    return sha256(canonicalJson({ clipVersion, medium, ...clip }));
}
function wrongRatio(size) {
    if (size.width !== size.height)
        return { width: size.height, height: size.width };
    return { width: Math.round((size.width * 16) / 9), height: size.height };
}
function scaledDown(width, height) {
    const factor = Math.min(1, maxSide / Math.max(width, height));
    // H.264 with 4:2:0 colour needs even sides.
    const even = (side) => Math.max(16, Math.round((side * factor) / 2) * 2);
    return { width: even(width), height: even(height) };
}
//# sourceMappingURL=clip.js.map