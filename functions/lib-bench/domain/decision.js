import { tooFar } from "./fit.js";
import { factorsOf, scoreOf } from "./score.js";
/** Decides. Pure: the same question, facts and policy give the same bytes, today and in a year. */
export function decide(question, facts, policy) {
    const ranked = [];
    const rejected = [];
    for (const candidate of facts) {
        const reason = rejectionOf(question, candidate, policy);
        if (reason === null)
            ranked.push(rank(question, candidate, policy));
        else {
            const { model, provider } = candidate;
            rejected.push({ model, provider, reason, retryAt: retryTime(reason, candidate, question.now) });
        }
    }
    ranked.sort(byRank);
    const times = rejected.map((candidate) => candidate.retryAt).filter((time) => time !== null);
    return {
        winner: ranked[0]?.model ?? null,
        policyVersion: policy.version,
        profile: question.profile,
        tieBreak: tieBreakOf(ranked[0], ranked[1]),
        ranked,
        rejected,
        retryAt: ranked.length > 0 || times.length === 0 ? null : Math.min(...times),
    };
}
function rejectionOf(question, facts, policy) {
    if (question.only !== null && !names(question.only, facts))
        return "not_selected";
    if (names(question.exclude, facts))
        return "excluded";
    if (!facts.configured)
        return "key_missing";
    if (facts.providerSwitch === "off")
        return "provider_off";
    if (facts.providerSwitch === "drain")
        return "provider_draining";
    const unfit = facts.unfit ?? tooFar(facts, question.askedSeconds, policy.adjustments);
    if (unfit !== null)
        return unfit;
    if (question.failed.includes(facts.model))
        return "already_failed";
    if (facts.circuit === "isolated")
        return "circuit_isolated";
    if (facts.circuit === "open")
        return "circuit_open";
    if (facts.circuit === "half_open" && (facts.retryAt ?? 0) > question.now)
        return "trial_taken";
    if (facts.allowed !== null && facts.running >= facts.allowed)
        return "concurrency_reached";
    return moneyRejection(question, facts) ?? timeRejection(question, facts);
}
function moneyRejection(question, facts) {
    const cost = facts.costUsdMicros;
    if (cost === null || !(cost >= 0))
        return "price_unknown";
    if (question.maxCostUsdMicros !== null && cost > question.maxCostUsdMicros)
        return "over_max_cost";
    if (facts.balanceUsdMicros !== null && cost > facts.balanceUsdMicros)
        return "balance_too_low";
    if (question.budgetLeftUsdMicros !== null && cost > question.budgetLeftUsdMicros)
        return "budget_exceeded";
    return null;
}
function timeRejection(question, facts) {
    if (question.deadlineAt === null)
        return null;
    return question.now + facts.p90Seconds * 1_000 > question.deadlineAt ? "deadline_unreachable" : null;
}
/** A full model is expected to have a free place when one of its jobs has run half its time. */
function retryTime(reason, facts, now) {
    if (reason === "circuit_open" || reason === "trial_taken")
        return facts.retryAt;
    return reason === "concurrency_reached" ? now + (facts.p50Seconds * 1_000) / 2 : null;
}
function rank(question, facts, policy) {
    const priority = policy.priorities[facts.model] ?? policy.priorities[facts.provider] ?? facts.priority;
    const costUsdMicros = facts.costUsdMicros ?? 0;
    const factors = factorsOf({
        successes: facts.successes,
        failures: facts.failures,
        halfOpen: facts.circuit === "half_open",
        priority,
        askedQuality: question.quality,
        offeredQuality: facts.quality,
        resolutionSteps: facts.resolutionSteps,
        costUsdMicros,
        p50Seconds: facts.p50Seconds,
        running: facts.running,
        allowed: facts.allowed,
        preference: preferenceOf(question, facts, policy),
    }, policy);
    return {
        model: facts.model,
        provider: facts.provider,
        score: scoreOf(factors, policy.profiles[question.profile]),
        factors,
        priority,
        costUsdMicros,
        p50Seconds: facts.p50Seconds,
        p90Seconds: facts.p90Seconds,
    };
}
/** The caller's word counts most; otherwise the mean of the affinities that have an opinion. */
function preferenceOf(question, facts, policy) {
    if (names(question.prefer, facts))
        return 1;
    let sum = 0;
    let count = 0;
    for (const trait of question.traits) {
        const row = policy.affinities[trait];
        const opinion = row?.[facts.model] ?? row?.[facts.provider] ?? facts.affinities[trait];
        if (opinion === undefined)
            continue;
        sum += opinion;
        count += 1;
    }
    return count === 0 ? 0.5 : sum / count;
}
function names(ids, facts) {
    return ids.includes(facts.model) || ids.includes(facts.provider);
}
function byRank(a, b) {
    return (b.score - a.score ||
        a.priority - b.priority ||
        a.costUsdMicros - b.costUsdMicros ||
        (a.model < b.model ? -1 : 1));
}
function tieBreakOf(first, second) {
    if (first === undefined)
        return "none";
    if (second === undefined)
        return "only_one";
    if (first.score !== second.score)
        return "score";
    if (first.priority !== second.priority)
        return "priority";
    return first.costUsdMicros !== second.costUsdMicros ? "price" : "id";
}
//# sourceMappingURL=decision.js.map