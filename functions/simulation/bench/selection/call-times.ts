import { percentile, rounded } from "../statistics.js";

export interface CallTimes {
  readonly p50Us: number;
  readonly p99Us: number;
  /** How often the operating system took the core away during these calls. */
  readonly interruptions: number;
}

export interface CallCounts {
  /** Calls in a round. */
  readonly calls: number;
  /** Calls before the first that counts, so that the compiler has done its work. */
  readonly warmUps: number;
  /** The round with the fewest interruptions is reported: the others tell of other processes. */
  readonly rounds: number;
}

/** Time of every single call, each with the next input. */
export function timeCalls<Input>(
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
  return calmestRound(measured);
}

export async function timeAsyncCalls<Input>(
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
  return calmestRound(measured);
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

function calmestRound(rounds: readonly Round[]): CallTimes {
  const calmest = rounds.reduce((best, round) => (round.interruptions < best.interruptions ? round : best));
  return {
    p50Us: rounded(percentile(calmest.microseconds, 0.5), 2),
    p99Us: rounded(percentile(calmest.microseconds, 0.99), 2),
    interruptions: calmest.interruptions,
  };
}
