import { textLength } from "./model.js";
const styles = {
    professional: "Clean, well-lit scene with subtle, steady movement.",
    friendly: "Warm light and a smooth, inviting camera.",
    energetic: "Vivid colours, dynamic angles and quick movement.",
};
const cameraWords = {
    static: ["Static camera.", "Static camera.", "Static camera."],
    pan: ["Slow, slight camera pan.", "Steady camera pan.", "Sweeping camera pan."],
    zoom: ["Very slow zoom.", "Steady zoom.", "Fast, strong zoom."],
    tilt: ["Slight camera tilt.", "Steady camera tilt.", "Strong camera tilt."],
};
/**
 * The text that a model receives: the caller's own words first and unchanged, then enrichment as
 * far as the model's limit allows. The caller's words are data; nothing in them is a template.
 */
export function buildText(request, mode) {
    if (request.kind === "avatar")
        return request.script;
    const parts = [request.prompt];
    for (const extra of enrichment(request, mode)) {
        const longer = [...parts, extra].join(" ");
        if (textLength(longer, mode.textLimit.unit) <= mode.textLimit.max)
            parts.push(extra);
    }
    return parts.join(" ");
}
/** In order of importance: what does not fit is left out from the end. */
function enrichment(request, mode) {
    const extras = [];
    if (request.negativePrompt !== undefined && mode.negativePrompt !== true) {
        extras.push(`Avoid: ${request.negativePrompt}.`);
    }
    if (request.camera !== undefined)
        extras.push(cameraText(request.camera));
    if (request.strategy !== "precise" && request.style !== undefined) {
        extras.push(styles[request.style] ?? `Style: ${request.style}.`);
    }
    if (request.strategy === "creative")
        extras.push("Cinematic composition with depth and atmosphere.");
    return extras;
}
function cameraText(camera) {
    const level = camera.intensity < 1 / 3 ? 0 : camera.intensity < 2 / 3 ? 1 : 2;
    return cameraWords[camera.move]?.[level] ?? "";
}
//# sourceMappingURL=prompt.js.map