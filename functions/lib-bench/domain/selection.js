import { knownIds } from "./catalogue.js";
import { circuitView, retryAt } from "./circuit.js";
import { decide } from "./decision.js";
import { RequestError } from "./errors.js";
import { adjustmentsOf, fitModel } from "./fit.js";
import { decayed, strictestCircuit, typicalSeconds } from "./health.js";
import { toPlan } from "./plan.js";
import { costOf } from "./price.js";
import { modeOf, requestedSeconds } from "./request.js";
export function select(catalogue, request, snapshot, context) {
    const question = toQuestion(request, context);
    const today = new Date(context.now).toISOString().slice(0, 10);
    const fits = catalogue.entries.map((entry) => fitModel(entry.model, request, today));
    const facts = catalogue.entries.map((entry, index) => {
        const fit = fits[index] ?? "kind_unsupported";
        return toFacts(entry, fit, question, snapshot);
    });
    const decision = decide(question, facts, snapshot.policy);
    const first = decision.ranked[0];
    const index = catalogue.entries.findIndex((entry) => entry.model.id === decision.winner);
    const entry = catalogue.entries[index];
    const fit = fits[index];
    const record = { question, facts, decision };
    if (first === undefined || entry === undefined || fit === undefined || typeof fit === "string") {
        return { record, winner: null };
    }
    return {
        record,
        winner: {
            model: entry.model,
            plan: toPlan(entry.model, request, fit),
            adjustments: adjustmentsOf(entry.model, request, fit),
            costUsdMicros: first.costUsdMicros,
            p50Seconds: first.p50Seconds,
            p90Seconds: first.p90Seconds,
        },
    };
}
/** Refuses names in `providers` that the catalogue does not know, before they silently match nothing. */
export function checkProviderNames(catalogue, request) {
    const known = knownIds(catalogue);
    for (const field of ["only", "exclude", "prefer"]) {
        const unknown = (request.providers[field] ?? []).filter((name) => !known.includes(name));
        if (unknown.length === 0)
            continue;
        throw new RequestError("invalid_argument", `providers.${field}: unknown ${unknown.join(", ")}; known are ${known.join(", ")}`, { field: `providers.${field}`, unknown, known });
    }
}
function toQuestion(request, context) {
    const mode = modeOf(request);
    return {
        now: context.now,
        mode,
        quality: request.quality,
        askedSeconds: requestedSeconds(request),
        profile: context.profile,
        maxCostUsdMicros: request.maxCostUsd === undefined ? null : Math.round(request.maxCostUsd * 1_000_000),
        budgetLeftUsdMicros: context.budgetLeftUsdMicros,
        deadlineAt: request.deadlineSeconds === undefined ? null : context.deadlineAt,
        only: request.providers.only ?? null,
        exclude: request.providers.exclude ?? [],
        prefer: request.providers.prefer ?? [],
        failed: context.failed,
        traits: [`mode:${mode}`, `strategy:${request.strategy}`, `style:${request.style ?? "none"}`],
    };
}
function toFacts(entry, fit, question, { policy, health }) {
    const { model } = entry;
    const stats = decayed(health.stats[model.id], question.now, policy.health.halfLifeSeconds);
    const circuit = strictestCircuit(health, model, question.now);
    const typical = typicalSeconds(model, stats);
    const fitting = typeof fit === "string" ? null : fit;
    return {
        model: model.id,
        provider: model.provider,
        quality: model.quality,
        configured: entry.configured,
        providerSwitch: health.switches[model.id] ?? health.switches[model.provider] ?? "on",
        unfit: typeof fit === "string" ? fit : null,
        ratioDistance: fitting?.ratioDistance ?? 0,
        resolutionSteps: fitting?.resolutionSteps ?? 0,
        secondsDelta: fitting?.secondsDelta ?? 0,
        costUsdMicros: fitting === null
            ? null
            : costOf(model.price, {
                resolution: fitting.size.resolution,
                audio: fitting.audio,
                durationSeconds: fitting.durationSeconds,
            }),
        p50Seconds: typical.p50,
        p90Seconds: typical.p90,
        successes: stats.successes,
        failures: stats.failures,
        circuit: circuitView(circuit, question.now),
        retryAt: retryAt(circuit, question.now),
        running: health.running[model.id] ?? 0,
        allowed: model.concurrency ?? null,
        balanceUsdMicros: health.balances[model.provider] ?? null,
        priority: entry.priority,
        affinities: Object.fromEntries(question.traits.flatMap((trait) => {
            const opinion = entry.affinities[trait];
            return opinion === undefined ? [] : [[trait, opinion]];
        })),
    };
}
//# sourceMappingURL=selection.js.map