export function roundRobin() {
    let turn = 0;
    return {
        choose: (listings) => listings[turn++ % listings.length]?.model ?? null,
        learn: () => { },
    };
}
/** One fixed order and always its first. */
export function staticPriority(first) {
    return { choose: () => first, learn: () => { } };
}
//# sourceMappingURL=chooser.js.map