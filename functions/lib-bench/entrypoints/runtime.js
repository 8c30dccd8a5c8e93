let current;
/**
 * Built with the first call, not with the first import: loading Firestore and the vendors' client
 * is what a cold start would wait for. A failure is not kept, so the next call tries again.
 */
export function runtime() {
    current ??= createRuntime().catch((error) => {
        current = undefined;
        throw error;
    });
    return current;
}
/** Puts another runtime in place: memory stores, a clock moved by hand. */
export function useRuntime(deps, options = {}) {
    current = Promise.resolve({ deps, retentionDays: options.retentionDays ?? 90 });
}
async function createRuntime() {
    const [{ composeDeps }, { readConfiguration }] = await Promise.all([
        import("./compose.js"),
        import("./config.js"),
    ]);
    const configuration = readConfiguration(process.env);
    return { deps: await composeDeps(configuration), retentionDays: configuration.retentionDays };
}
//# sourceMappingURL=runtime.js.map