/** Cost of one generation of this shape, rounded up; `null` when the price is unknown. */
export function costOf(price, shape) {
    if (price.unit === "unknown") {
        if (price.upperBoundUsdMicrosPerSecond === undefined)
            return null;
        return Math.ceil(price.upperBoundUsdMicrosPerSecond * shape.durationSeconds);
    }
    const rate = price.rates.find((row) => (row.resolution === undefined || row.resolution === shape.resolution) &&
        (row.audio === undefined || row.audio === shape.audio));
    if (rate === undefined)
        return null;
    if (price.unit === "output")
        return rate.usdMicros;
    return Math.max(Math.ceil(rate.usdMicros * shape.durationSeconds), price.minimumUsdMicros ?? 0);
}
//# sourceMappingURL=price.js.map