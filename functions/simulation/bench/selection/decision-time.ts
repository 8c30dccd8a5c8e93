import { defaultPolicy } from "../../../src/domain/policy/policy.js";
import { type CandidateFacts, decide, type Question } from "../../../src/domain/selection/decision.js";
import { select } from "../../../src/domain/selection/selection.js";
import { type Chance, createChance } from "../../kit/chance.js";
import { percentile, rounded } from "../../kit/figures.js";
import { sampleCalls, wholeCatalogue } from "../../kit/sample-traffic.js";

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

/** One question with the facts of its candidates: what `decide()` is given. */
interface SampleCase {
  readonly question: Question;
  readonly facts: readonly CandidateFacts[];
}

const recordedCalls = 400;

/**
 * Cases with a given number of candidates, made of what `select()` found out about seeded traffic
 * over the whole catalogue. Most candidates are scored: a rejected one costs
 * little and would flatter the time.
 */
function sampleCases(candidates: number, count: number, seed: number): SampleCase[] {
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

/**
 * The usual first form of a selection: ask every provider in turn, await each answer, score, sort.
 * Here every answer is already in memory; with a database read behind each `await` it takes as many
 * milliseconds as there are candidates.
 */
async function chooseOneByOne({ question, facts }: SampleCase): Promise<string | null> {
  const scored: { model: string; score: number }[] = [];
  for (const candidate of facts) {
    if (!(await isAvailable(candidate))) continue;
    const cost = await costOfCandidate(candidate);
    if (cost === null || (question.maxCostUsdMicros !== null && cost > question.maxCostUsdMicros)) continue;
    const health = await healthOf(candidate);
    scored.push({
      model: candidate.model,
      score: 0.5 * health + 0.3 / (1 + cost / 1e6) + 0.2 / (1 + candidate.p50Seconds / 60),
    });
  }
  return scored.sort((a, b) => b.score - a.score)[0]?.model ?? null;
}

async function isAvailable(candidate: CandidateFacts): Promise<boolean> {
  return candidate.unfit === null && candidate.providerSwitch === "on" && candidate.circuit === "closed";
}

async function costOfCandidate(candidate: CandidateFacts): Promise<number | null> {
  return candidate.costUsdMicros;
}

async function healthOf({ successes, failures }: CandidateFacts): Promise<number> {
  return (successes + 1) / (successes + failures + 1);
}

export interface CallTimes {
  readonly p50Us: number;
  readonly p99Us: number;
  /** How often the operating system took the core away during these calls. */
  readonly interruptions: number;
}

interface CallCounts {
  /** Calls in a round. */
  readonly calls: number;
  /** Calls before the first that counts, so that the compiler has done its work. */
  readonly warmUps: number;
  /** The round with the fewest interruptions is reported: the others were disturbed by other processes. */
  readonly rounds: number;
}

/** Time of every single call, each with the next input. */
function timeCalls<Input>(
  inputs: readonly Input[],
  call: (input: Input) => unknown,
  { calls, warmUps, rounds }: CallCounts,
): CallTimes {
  for (const input of cycled(inputs, warmUps)) keepAlive(call(input));
  const measured: Round[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const microseconds: number[] = [];
    const interruptedBefore = interruptions();
    for (const input of cycled(inputs, calls)) {
      const before = process.hrtime.bigint();
      keepAlive(call(input));
      microseconds.push(Number(process.hrtime.bigint() - before) / 1_000);
    }
    measured.push({ microseconds, interruptions: interruptions() - interruptedBefore });
  }
  return leastInterruptedRound(measured);
}

async function timeAsyncCalls<Input>(
  inputs: readonly Input[],
  call: (input: Input) => Promise<unknown>,
  { calls, warmUps, rounds }: CallCounts,
): Promise<CallTimes> {
  for (const input of cycled(inputs, warmUps)) keepAlive(await call(input));
  const measured: Round[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const microseconds: number[] = [];
    const interruptedBefore = interruptions();
    for (const input of cycled(inputs, calls)) {
      const before = process.hrtime.bigint();
      keepAlive(await call(input));
      microseconds.push(Number(process.hrtime.bigint() - before) / 1_000);
    }
    measured.push({ microseconds, interruptions: interruptions() - interruptedBefore });
  }
  return leastInterruptedRound(measured);
}

function* cycled<Input>(inputs: readonly Input[], length: number): Generator<Input, void> {
  for (let left = length; left > 0; ) {
    for (const input of inputs) {
      if (left === 0) return;
      left -= 1;
      yield input;
    }
  }
}

let lastResult: unknown;

/** A result that nobody could see might never be computed. */
function keepAlive(result: unknown): void {
  lastResult = result ?? lastResult;
}

interface Round {
  readonly microseconds: readonly number[];
  readonly interruptions: number;
}

function interruptions(): number {
  return process.resourceUsage().involuntaryContextSwitches;
}

function leastInterruptedRound(rounds: readonly Round[]): CallTimes {
  const best = rounds.reduce((best, round) => (round.interruptions < best.interruptions ? round : best));
  return {
    p50Us: rounded(percentile(best.microseconds, 0.5), 2),
    p99Us: rounded(percentile(best.microseconds, 0.99), 2),
    interruptions: best.interruptions,
  };
}
