import { parseArgs } from "node:util";
import type { BenchOptions } from "./bench.js";

export interface BenchCommand extends BenchOptions {
  /** A bench, or `all`. */
  readonly name: string;
  readonly json: boolean;
  readonly write: boolean;
}

export const usage =
  "npm run bench -- NAME [--json] [--seed N] [--quick] [--mb N]   or   npm run bench -- all --write";

/** Reads the command line; throws an `Error` whose message says what to write instead. */
export function readCommand(args: readonly string[], names: readonly string[]): BenchCommand {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      json: { type: "boolean", default: false },
      seed: { type: "string", default: "1" },
      mb: { type: "string" },
      quick: { type: "boolean", default: false },
      write: { type: "boolean", default: false },
    },
  });
  const [name, ...more] = positionals;
  const known = [...names, "all"];
  if (name === undefined || more.length > 0 || !known.includes(name)) {
    const said = name === undefined ? "Name one bench" : `There is no bench "${positionals.join(" ")}"`;
    throw new Error(`${said}; the names are: ${known.join(", ")}\n${usage}`);
  }
  const seed = Number(values.seed);
  if (!Number.isInteger(seed) || seed < 0) {
    throw new Error(`--seed must be a whole number, not "${values.seed}"`);
  }
  const megabytes = values.mb === undefined ? undefined : Number(values.mb);
  if (megabytes !== undefined && !(megabytes > 0)) {
    throw new Error(`--mb must be a number of megabytes, not "${values.mb}"`);
  }
  if (values.write && name !== "all") throw new Error(`--write renews the whole page: ${usage}`);
  if (values.write && values.quick) throw new Error("--write publishes numbers; --quick has none to publish");
  const size = megabytes === undefined ? {} : { megabytes };
  return { name, seed, quick: values.quick, json: values.json, write: values.write, ...size };
}
