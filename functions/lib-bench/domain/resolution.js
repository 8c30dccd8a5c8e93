/** Aspect ratios and resolutions that a request may ask for, and how near two of them are. */
export const ratios = ["16:9", "9:16", "1:1", "4:3", "3:4", "21:9"];
export const resolutions = ["480p", "720p", "1080p", "4k"];
export function size(ratio, resolution, width, height) {
    return { ratio, resolution, width, height };
}
const resolutionRank = { "480p": 0, "720p": 1, "1080p": 2, "4k": 3 };
/** Signed number of steps from one resolution to another: 720p → 1080p is 1. */
export function resolutionSteps(from, to) {
    return resolutionRank[to] - resolutionRank[from];
}
/** Width over height of a ratio word. */
export function ratioValue(ratio) {
    const [width = 1, height = 1] = ratio.split(":").map(Number);
    return width / height;
}
/** How far two ratios are apart, as |ln(a/b)|: 0 for equal, 0.29 between 16:9 and 4:3. */
export function ratioDistance(a, b) {
    return Math.abs(Math.log(ratioValue(a) / ratioValue(b)));
}
//# sourceMappingURL=resolution.js.map