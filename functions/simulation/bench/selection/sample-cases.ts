import type { CandidateFacts, Question } from "../../../src/domain/selection/decision.js";
import { select } from "../../../src/domain/selection/selection.js";
import { type Chance, createChance } from "../../kit/chance.js";
import { sampleCalls, wholeCatalogue } from "../workload/workload.js";

/** One question with the facts of its candidates: what `decide()` is given. */
export interface SampleCase {
  readonly question: Question;
  readonly facts: readonly CandidateFacts[];
}

const recordedCalls = 400;

/**
 * Cases with a given number of candidates, made of what `select()` found out about seeded traffic
 * over the whole catalogue. Most candidates get as far as a score: one that is turned away costs
 * little and would flatter the time.
 */
export function sampleCases(candidates: number, count: number, seed: number): SampleCase[] {
  const chance = createChance(seed);
  const catalogue = wholeCatalogue();
  const calls = sampleCalls(catalogue, seed);
  const records = Array.from({ length: recordedCalls }, () => {
    const { request, snapshot, context } = calls.next().value;
    return select(catalogue, request, snapshot, context).record;
  });
  const questions = records.map((record) => record.question).filter((question) => question.only === null);
  const known = records
    .flatMap(({ facts, decision }) => {
      const scored = new Set(decision.ranked.map((candidate) => candidate.model));
      return facts.filter((candidate) => scored.has(candidate.model) || chance.happens(0.02));
    })
    .map((facts, index) => ({ ...facts, model: `${facts.model}#${index}` }));
  return Array.from({ length: count }, () => ({
    question: pickFrom(questions, chance),
    facts: Array.from({ length: candidates }, () => pickFrom(known, chance)),
  }));
}

function pickFrom<Item>(items: readonly Item[], chance: Chance): Item {
  const item = items[chance.below(items.length)];
  if (item === undefined) throw new Error("there is nothing to pick from");
  return item;
}
