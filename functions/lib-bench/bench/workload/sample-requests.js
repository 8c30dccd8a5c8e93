import { qualities } from "../../domain/model.js";
import { parseRequest } from "../../domain/request.js";
import { ratios, resolutions } from "../../domain/resolution.js";
const sentence = "A paper boat drifts past a red lighthouse while gulls circle in the evening light. ";
const picture = (name) => `https://media.example.com/${name}.png`;
/** A valid request of any kind, as different from the last one as callers are. */
export function sampleRequest(chance, ids) {
    const kind = chance.pick([
        "text",
        "text",
        "image",
        "frames",
        "avatar",
    ]);
    return parseRequest({ ...subject(chance, kind), ...wishes(chance), providers: providersOf(chance, ids) });
}
function subject(chance, kind) {
    // Now and then longer than some models take.
    const prompt = sentence.repeat(chance.happens(0.1) ? 10 + chance.below(38) : 1 + chance.below(4)).trim();
    const durationSeconds = chance.pick([4, 5, 5, 6, 8, 8, 10, 12, 15, 30]);
    switch (kind) {
        case "text":
            return { kind, prompt, durationSeconds };
        case "image":
            return { kind, prompt, durationSeconds, image: picture("start") };
        case "frames":
            return { kind, prompt, durationSeconds, firstFrame: picture("first"), lastFrame: picture("last") };
        case "avatar":
            return {
                kind,
                script: sentence.repeat(1 + chance.below(40)).trim(),
                ...(chance.happens(0.4) ? { image: picture("portrait") } : {}),
            };
    }
}
function wishes(chance) {
    return {
        aspectRatio: chance.happens(0.6) ? "16:9" : chance.pick(ratios),
        resolution: chance.happens(0.6) ? "720p" : chance.pick(resolutions),
        quality: chance.pick(qualities),
        audio: chance.happens(0.3),
        strategy: chance.pick(["default", "default", "creative", "precise"]),
        ...(chance.happens(0.3) ? { style: chance.pick(["professional", "friendly", "energetic"]) } : {}),
        ...(chance.happens(0.2) ? { maxCostUsd: chance.logBetween(0.05, 5) } : {}),
        ...(chance.happens(0.2) ? { deadlineSeconds: Math.round(chance.logBetween(60, 3_600)) } : {}),
        ...(chance.happens(0.2) ? { seed: chance.below(1_000) } : {}),
        ...(chance.happens(0.2) ? { negativePrompt: "text, watermarks" } : {}),
    };
}
function providersOf(chance, ids) {
    return {
        ...(chance.happens(0.05) ? { only: [chance.pick(ids), chance.pick(ids)] } : {}),
        ...(chance.happens(0.15) ? { exclude: [chance.pick(ids)] } : {}),
        ...(chance.happens(0.15) ? { prefer: [chance.pick(ids)] } : {}),
    };
}
export function sampleProfile(chance, tierProfiles) {
    return tierProfiles[chance.pick(["free", "free", "premium", "enterprise", "trial"])] ?? "balanced";
}
//# sourceMappingURL=sample-requests.js.map