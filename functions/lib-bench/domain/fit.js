import { textLength } from "./model.js";
import { modeOf, requestedSeconds } from "./request.js";
import { ratioDistance, resolutionSteps } from "./resolution.js";
/** Finds the nearest shape of a model. Depends on catalogue and request only, not on the policy. */
export function fitModel(model, request, today) {
    const mode = model.modes[modeOf(request)];
    if (mode === undefined)
        return "kind_unsupported";
    if (model.availableUntil !== undefined && today > model.availableUntil)
        return "model_ended";
    if (request.audio && mode.audio === "none")
        return "audio_unsupported";
    const text = request.kind === "avatar" ? request.script : request.prompt;
    if (textLength(text, mode.textLimit.unit) > mode.textLimit.max)
        return "text_too_long";
    const size = nearestSize(mode.sizes, request);
    if (size === undefined)
        return "ratio_unsupported";
    const asked = requestedSeconds(request);
    const durationSeconds = nearestDuration(mode.durations, asked);
    if (durationSeconds === null)
        return "duration_unsupported";
    return {
        mode,
        size,
        durationSeconds,
        audio: mode.audio === "always" || (mode.audio === "optional" && request.audio),
        ratioDistance: ratioDistance(request.aspectRatio, size.ratio),
        resolutionSteps: resolutionSteps(request.resolution, size.resolution),
        secondsDelta: durationSeconds - asked,
    };
}
/** Is the nearest shape near enough? The rules are the policy's. */
export function tooFar(fit, askedSeconds, rules) {
    if (fit.ratioDistance > rules.ratioDistance)
        return "ratio_unsupported";
    if (fit.resolutionSteps < -rules.resolutionStepsDown || fit.resolutionSteps > rules.resolutionStepsUp) {
        return "resolution_unsupported";
    }
    const shorter = Math.max(rules.shorterSeconds, rules.shorterFraction * askedSeconds);
    const longer = Math.max(rules.longerSeconds, rules.longerFraction * askedSeconds);
    if (-fit.secondsDelta > shorter || fit.secondsDelta > longer)
        return "duration_unsupported";
    return null;
}
/** Everything that differs from what was asked, in words for the caller. */
export function adjustmentsOf(model, request, fit) {
    const found = [];
    const add = (field, asked, given, reason) => found.push({ field, asked, given, reason });
    if (fit.size.ratio !== request.aspectRatio) {
        add("aspectRatio", request.aspectRatio, fit.size.ratio, `${model.label} has no ${request.aspectRatio}`);
    }
    if (fit.mode.shapeFromPicture === true) {
        add("aspectRatio", request.aspectRatio, "that of the picture", `${model.label} follows the picture`);
    }
    if (fit.size.resolution !== request.resolution) {
        add("resolution", request.resolution, fit.size.resolution, `${model.label} has no ${request.resolution}`);
    }
    if (request.kind !== "avatar" && fit.secondsDelta !== 0) {
        const asked = `${request.durationSeconds} s`;
        add("durationSeconds", asked, `${fit.durationSeconds} s`, `${model.label} makes ${lengths(fit.mode.durations)}`);
    }
    if (request.kind === "avatar" && request.durationSeconds !== undefined) {
        add("durationSeconds", `${request.durationSeconds} s`, "length of the speech", "the script decides the length");
    }
    if (!request.audio && fit.audio && request.kind !== "avatar") {
        add("audio", "false", "true", `${model.label} always has sound`);
    }
    if (request.seed !== undefined && fit.mode.seed !== true) {
        add("seed", String(request.seed), "none", `${model.label} takes no seed`);
    }
    if (request.negativePrompt !== undefined && fit.mode.negativePrompt !== true) {
        add("negativePrompt", "a field of its own", "words in the prompt", `${model.label} has no such field`);
    }
    return found;
}
function lengths(durations) {
    switch (durations.type) {
        case "discrete":
            return `${durations.seconds.join(", ")} s`;
        case "range":
            return `${durations.minSeconds} to ${durations.maxSeconds} s`;
        case "script":
            return "the length of the script";
        case "none":
            return "pictures";
    }
}
/** Same ratio first, then the nearest resolution; of two equally near the larger. */
function nearestSize(sizes, request) {
    let best;
    let bestDistance = Number.POSITIVE_INFINITY;
    for (const size of sizes) {
        const steps = resolutionSteps(request.resolution, size.resolution);
        const distance = ratioDistance(request.aspectRatio, size.ratio) * 100 + (steps < 0 ? -steps + 0.5 : steps);
        if (distance < bestDistance) {
            best = size;
            bestDistance = distance;
        }
    }
    return best;
}
/** The nearest length; of two equally near the longer. `null` when a script is too long. */
function nearestDuration(durations, askedSeconds) {
    switch (durations.type) {
        case "discrete": {
            let best = null;
            for (const seconds of durations.seconds) {
                const distance = Math.abs(seconds - askedSeconds);
                const bestDistance = best === null ? Number.POSITIVE_INFINITY : Math.abs(best - askedSeconds);
                if (distance < bestDistance || (distance === bestDistance && seconds > (best ?? 0)))
                    best = seconds;
            }
            return best;
        }
        case "range": {
            const { minSeconds, maxSeconds, stepSeconds } = durations;
            const steps = Math.round((askedSeconds - minSeconds) / stepSeconds);
            return Math.min(maxSeconds, Math.max(minSeconds, minSeconds + steps * stepSeconds));
        }
        case "script":
            return askedSeconds <= durations.maxSeconds ? askedSeconds : null;
        case "none":
            return 0;
    }
}
//# sourceMappingURL=fit.js.map