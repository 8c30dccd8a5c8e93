import { percentile, rounded } from "../statistics.js";
/** Time of every single call, each with the next input. */
export function timeCalls(inputs, call, { calls, warmUps }) {
    const microseconds = [];
    for (const [index, input] of cycled(inputs, warmUps + calls)) {
        const before = process.hrtime.bigint();
        keepAlive(call(input));
        const after = process.hrtime.bigint();
        if (index >= warmUps)
            microseconds.push(Number(after - before) / 1_000);
    }
    return summed(microseconds);
}
export async function timeAsyncCalls(inputs, call, { calls, warmUps }) {
    const microseconds = [];
    for (const [index, input] of cycled(inputs, warmUps + calls)) {
        const before = process.hrtime.bigint();
        keepAlive(await call(input));
        const after = process.hrtime.bigint();
        if (index >= warmUps)
            microseconds.push(Number(after - before) / 1_000);
    }
    return summed(microseconds);
}
function* cycled(inputs, length) {
    for (let index = 0; index < length;) {
        for (const input of inputs) {
            if (index >= length)
                return;
            yield [index++, input];
        }
    }
}
let lastResult;
/** A result that nobody could see might never be computed. */
function keepAlive(result) {
    lastResult = result ?? lastResult;
}
function summed(microseconds) {
    return {
        p50Us: rounded(percentile(microseconds, 0.5), 2),
        p99Us: rounded(percentile(microseconds, 0.99), 2),
    };
}
//# sourceMappingURL=call-times.js.map