export function memoryNotifier() {
    const ended = [];
    return {
        ended,
        async jobEnded(job) {
            ended.push(job);
        },
    };
}
//# sourceMappingURL=memory-notifier.js.map