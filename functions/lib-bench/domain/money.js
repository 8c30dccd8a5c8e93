export function usdToMicros(usd) {
    return Math.round(usd * 1_000_000);
}
export function microsToUsd(micros) {
    return micros / 1_000_000;
}
//# sourceMappingURL=money.js.map