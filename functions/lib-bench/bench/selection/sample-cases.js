import { select } from "../../domain/selection.js";
import { createChance } from "../chance.js";
import { sampleCalls, wholeCatalogue } from "../workload/workload.js";
const recordedCalls = 400;
/**
 * Cases with a given number of candidates, made of what `select()` found out about seeded traffic
 * over the whole catalogue. Most candidates can serve the request: one that cannot is turned away
 * early and would flatter the time.
 */
export function sampleCases(candidates, count, seed) {
    const chance = createChance(seed);
    const catalogue = wholeCatalogue();
    const calls = sampleCalls(catalogue, seed);
    const records = Array.from({ length: recordedCalls }, () => {
        const { request, snapshot, context } = calls.next().value;
        return select(catalogue, request, snapshot, context).record;
    });
    const known = records
        .flatMap((record) => record.facts)
        .filter((facts) => facts.unfit === null || chance.happens(0.05));
    return Array.from({ length: count }, () => ({
        question: pickFrom(records, chance).question,
        facts: Array.from({ length: candidates }, (_, index) => {
            const facts = pickFrom(known, chance);
            return { ...facts, model: `${facts.model}#${index}` };
        }),
    }));
}
function pickFrom(items, chance) {
    const item = items[chance.below(items.length)];
    if (item === undefined)
        throw new Error("there is nothing to pick from");
    return item;
}
//# sourceMappingURL=sample-cases.js.map