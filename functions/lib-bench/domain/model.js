/**
 * What a generation starts from. The first four are the kinds of a request; `photo` is an avatar
 * request whose presenter is the caller's image, `still` is a picture for a scene.
 */
export const modeNames = ["text", "image", "frames", "avatar", "photo", "still"];
export const qualities = ["draft", "standard", "premium"];
/** Length of a text in the unit that a vendor counts. */
export function textLength(text, unit) {
    if (unit === "utf16")
        return text.length;
    if (unit === "bytes")
        return Buffer.byteLength(text, "utf8");
    return [...text].length;
}
//# sourceMappingURL=model.js.map