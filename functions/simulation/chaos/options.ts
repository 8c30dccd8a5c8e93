import { parseArgs } from "node:util";

export interface ChaosOptions {
  readonly mode: "swarm" | "crash-points" | "mutants";
  readonly jobs: number;
  readonly seed: number;
  readonly json: boolean;
  /** Print everything that happens. */
  readonly trace: boolean;
}

export const usage = `Usage: npm run chaos -- [options]

  --jobs N          about how many jobs to run through faults (default 3000)
  --seed S          the first seed; each seed is a history of its own (default 1)
  --trace           print the history of that one seed
  --crash-points    let a process die at every call to the world and, except in scenes, at every pair of calls
  --mutants         take the guards of the protocol out, one at a time, and see that it shows
  --json            print one JSON object on the last line
`;

/** Reads the command line; throws an `Error` whose message says what to write instead. */
export function readOptions(args: readonly string[]): ChaosOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      jobs: { type: "string", default: "3000" },
      seed: { type: "string", default: "1" },
      json: { type: "boolean", default: false },
      trace: { type: "boolean", default: false },
      "crash-points": { type: "boolean", default: false },
      mutants: { type: "boolean", default: false },
    },
  });
  if (values["crash-points"] && values.mutants) throw new Error(`one of them at a time\n\n${usage}`);
  return {
    mode: values.mutants ? "mutants" : values["crash-points"] ? "crash-points" : "swarm",
    jobs: toCount("--jobs", values.jobs),
    seed: toCount("--seed", values.seed),
    json: values.json,
    trace: values.trace,
  };
}

function toCount(name: string, text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count > 0) return count;
  throw new Error(`${name} must be a whole number above 0, not "${text}"\n\n${usage}`);
}
