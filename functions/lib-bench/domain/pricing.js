import { requestedSeconds } from "./request.js";
/** Speech may run longer than its script suggests; this much is held on top. */
const scriptMargin = 1.5;
/** Credits to hold for a request: the most that its finished video can cost. */
export function creditsToHold(request, policy) {
    const seconds = requestedSeconds(request);
    return creditsFor(request, request.kind === "avatar" ? seconds * scriptMargin : seconds, policy);
}
/** Credits for a finished video: what was asked for, or less when the file is shorter. */
export function creditsToCapture(request, deliveredSeconds, held, policy) {
    const seconds = request.kind === "avatar" ? deliveredSeconds : Math.min(deliveredSeconds, request.durationSeconds);
    return Math.min(held, creditsFor(request, seconds, policy));
}
function creditsFor(request, seconds, policy) {
    // A clip of 5.04 s is a clip of 5 s: codecs round to whole frames.
    return Math.ceil(Math.round(seconds * 10) / 10) * policy.credits.perSecond[request.quality];
}
//# sourceMappingURL=pricing.js.map