import { decide } from "../../domain/decision.js";
import { defaultPolicy } from "../../domain/policy.js";
import { select } from "../../domain/selection.js";
import { sampleCalls, wholeCatalogue } from "../workload/workload.js";
import { timeAsyncCalls, timeCalls } from "./call-times.js";
import { chooseOneByOne } from "./one-by-one.js";
import { sampleCases } from "./sample-cases.js";
export async function measureDecisions(seed, quick) {
    const counts = quick
        ? { cases: 50, calls: 200, warmUps: 100 }
        : { cases: 1_000, calls: 30_000, warmUps: 20_000 };
    const ours = ({ question, facts }) => decide(question, facts, defaultPolicy);
    const cases3 = sampleCases(3, counts.cases, seed);
    const cases30 = sampleCases(30, counts.cases, seed + 1);
    const cases100 = sampleCases(100, counts.cases, seed + 2);
    return {
        decision: {
            n3: timeCalls(cases3, ours, counts),
            n30: timeCalls(cases30, ours, counts),
            n100: timeCalls(cases100, ours, counts),
        },
        oneByOne: {
            n3: await timeAsyncCalls(cases3, chooseOneByOne, counts),
            n30: await timeAsyncCalls(cases30, chooseOneByOne, counts),
            n100: await timeAsyncCalls(cases100, chooseOneByOne, counts),
        },
        selectUs: timeSelect(seed, counts),
        counts,
    };
}
function timeSelect(seed, counts) {
    const catalogue = wholeCatalogue();
    const traffic = sampleCalls(catalogue, seed);
    const calls = Array.from({ length: counts.cases }, () => traffic.next().value);
    const times = timeCalls(calls, ({ request, snapshot, context }) => select(catalogue, request, snapshot, context), counts);
    return { ...times, candidates: catalogue.entries.length };
}
//# sourceMappingURL=decision-time.js.map