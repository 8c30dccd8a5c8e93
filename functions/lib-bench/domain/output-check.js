/** Codecs round a clip to whole frames, and sound ends on its own frame. */
const durationTolerance = { fraction: 0.1, seconds: 0.35 };
const ratioTolerance = 0.03;
/** What a sound file lacks of what was asked, or `null`. */
export function mismatch(facts, plan) {
    const askedRatio = plan.size.width / plan.size.height;
    const ratio = facts.width / facts.height;
    if (plan.shapeFromPicture !== true && Math.abs(ratio / askedRatio - 1) > ratioTolerance) {
        return `ratio ${facts.width}:${facts.height} instead of ${plan.size.ratio}`;
    }
    const spoken = plan.mode === "avatar" || plan.mode === "photo";
    const asked = plan.durationSeconds;
    const tolerance = Math.max(durationTolerance.fraction * asked, durationTolerance.seconds);
    if (!spoken && Math.abs(facts.durationSeconds - asked) > tolerance) {
        return `${facts.durationSeconds.toFixed(2)} s instead of ${asked} s`;
    }
    if (spoken && !facts.hasAudio)
        return "no sound although it is spoken";
    return facts.durationSeconds > 0 ? null : "no length";
}
//# sourceMappingURL=output-check.js.map