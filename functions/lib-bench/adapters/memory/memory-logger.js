/** Keeps what was logged exactly as it was said, so that a test can look for what should not be there. */
export function memoryLogger() {
    const lines = [];
    const at = (level) => (event, fields) => {
        lines.push({ level, event, fields: { ...fields } });
    };
    return { lines, info: at("info"), warn: at("warn"), error: at("error") };
}
//# sourceMappingURL=memory-logger.js.map