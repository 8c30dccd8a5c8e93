export const fileDefects = [
    "empty",
    "truncated",
    "html",
    "short",
    "wrong-ratio",
    "corrupt",
    "missing",
];
/**
 * Simulated generation time: the model's typical P50, spread by ±25 %, stretched by a mishap.
 * The distribution is ours; no vendor publishes one.
 */
export function generationMs(typicalP50Seconds, world, mishap) {
    if (mishap?.type === "stuck")
        return Number.POSITIVE_INFINITY;
    const spread = 0.75 + world.random() * 0.5;
    const factor = mishap?.type === "slow" ? mishap.factor : 1;
    return Math.round(typicalP50Seconds * 1_000 * spread * factor);
}
//# sourceMappingURL=simulator.js.map