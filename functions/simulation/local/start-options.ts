import { parseArgs } from "node:util";
import { type FaultSpec, parseFault } from "../vendors/shared/faults.js";

export interface StartOptions {
  readonly once: boolean;
  readonly json: boolean;
  readonly requests: readonly string[];
  readonly faults: readonly FaultSpec[];
  readonly seed: number;
  readonly help: boolean;
}

export const usage = `Usage: npm start -- [options]

  --once             run the job, print the result, stop everything
  --request FILE     a VideoRequest as JSON, or the input of another callable with its name in "call";
                     may be given several times
  --fault SPEC       make a provider fail: VENDOR:down, VENDOR:slow=4, VENDOR:bad-output=truncated*1,
                     VENDOR:webhook-lost
  --seed N           seed of the simulated providers (default 1)
  --json             print one JSON object on the last line
`;

/** Reads the command line; throws an `Error` whose message says what to write instead. */
export function readOptions(args: readonly string[], vendors: readonly string[]): StartOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      once: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
      request: { type: "string", multiple: true, default: [] },
      fault: { type: "string", multiple: true, default: [] },
      seed: { type: "string", default: "1" },
    },
  });
  const seed = Number(values.seed);
  if (!Number.isInteger(seed) || seed < 0)
    throw new Error(`--seed must be a whole number, not "${values.seed}"`);
  return {
    once: values.once,
    json: values.json,
    help: values.help,
    requests: values.request,
    faults: values.fault.map((text) => parseFault(text, vendors)),
    seed,
  };
}
