import { decide } from "./decision.js";
import { canonicalJson } from "./hash.js";
import { microsToUsd } from "./money.js";
/** Decides a recorded question again. `policy` is the one whose version the record names. */
export function replayDecision(record, policy) {
    const decision = decide(record.question, record.facts, policy);
    return { same: canonicalJson(decision) === canonicalJson(record.decision), decision };
}
/** What a draft policy would have chosen instead, had it been in force. Nothing is written or sent. */
export function compareDecisions(records, draft) {
    const changed = [];
    let replayed = 0;
    let costDeltaUsdMicros = 0;
    let secondsDelta = 0;
    for (const { question, facts, decision: recorded } of records) {
        const index = replayed++;
        const drafted = decide(question, facts, draft);
        if (drafted.winner === recorded.winner)
            continue;
        const delta = differenceOf(recorded.ranked[0], drafted.ranked[0]);
        costDeltaUsdMicros += delta?.usdMicros ?? 0;
        secondsDelta += delta?.seconds ?? 0;
        changed.push({
            index,
            askedAt: question.now,
            mode: question.mode,
            profile: question.profile,
            from: recorded.winner,
            to: drafted.winner,
            costDeltaUsd: delta === null ? null : microsToUsd(delta.usdMicros),
            secondsDelta: delta?.seconds ?? null,
        });
    }
    return { replayed, changed, costDeltaUsd: microsToUsd(costDeltaUsdMicros), secondsDelta };
}
function differenceOf(from, to) {
    if (from === undefined || to === undefined)
        return null;
    return { usdMicros: to.costUsdMicros - from.costUsdMicros, seconds: to.p50Seconds - from.p50Seconds };
}
//# sourceMappingURL=replay.js.map