import { defaultPolicy } from "../../../src/domain/policy/policy.js";
import { decide } from "../../../src/domain/selection/decision.js";
import { select } from "../../../src/domain/selection/selection.js";
import { sampleCalls, wholeCatalogue } from "../workload/workload.js";
import { type CallCounts, type CallTimes, timeAsyncCalls, timeCalls } from "./call-times.js";
import { chooseOneByOne } from "./one-by-one.js";
import { sampleCases } from "./sample-cases.js";

interface BySize {
  readonly n3: CallTimes;
  readonly n30: CallTimes;
  readonly n100: CallTimes;
}

export interface DecisionTimes {
  readonly decision: BySize;
  /** The same answer without an explanation, with an `await` per candidate, all in memory. */
  readonly oneByOne: BySize;
  /** The whole `select()` over the catalogue: fitting, facts, decision, plan. */
  readonly selectUs: CallTimes & { readonly candidates: number };
  readonly counts: CallCounts & { readonly cases: number };
}

export async function measureDecisions(seed: number, quick: boolean): Promise<DecisionTimes> {
  const counts = quick
    ? { cases: 50, calls: 200, warmUps: 100, rounds: 1 }
    : { cases: 1_000, calls: 20_000, warmUps: 20_000, rounds: 7 };
  const n3 = await timeSize(3, seed, counts);
  const n30 = await timeSize(30, seed + 1, counts);
  const n100 = await timeSize(100, seed + 2, counts);
  return {
    decision: { n3: n3.ours, n30: n30.ours, n100: n100.ours },
    oneByOne: { n3: n3.oneByOne, n30: n30.oneByOne, n100: n100.oneByOne },
    selectUs: timeSelect(seed, counts),
    counts,
  };
}

async function timeSize(
  candidates: number,
  seed: number,
  counts: CallCounts & { cases: number },
): Promise<{ ours: CallTimes; oneByOne: CallTimes }> {
  const cases = sampleCases(candidates, counts.cases, seed);
  return {
    ours: timeCalls(cases, ({ question, facts }) => decide(question, facts, defaultPolicy), counts),
    oneByOne: await timeAsyncCalls(cases, chooseOneByOne, counts),
  };
}

function timeSelect(seed: number, counts: CallCounts & { cases: number }): DecisionTimes["selectUs"] {
  const catalogue = wholeCatalogue();
  const traffic = sampleCalls(catalogue, seed);
  const calls = Array.from({ length: counts.cases }, () => traffic.next().value);
  const times = timeCalls(
    calls,
    ({ request, snapshot, context }) => select(catalogue, request, snapshot, context),
    counts,
  );
  return { ...times, candidates: catalogue.entries.length };
}
