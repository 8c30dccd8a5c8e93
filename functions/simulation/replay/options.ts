import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { type Policy, policySchema } from "../../src/domain/policy/policy.js";

export interface ReplayOptions {
  readonly count: number;
  readonly seed: number;
  readonly policyFile: string | null;
  readonly json: boolean;
}

const usage = "npm run replay -- [--count N] [--seed N] [--policy FILE] [--json]";

/** Reads the command line; throws an `Error` whose message says what to write instead. */
export function readOptions(args: readonly string[]): ReplayOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      count: { type: "string", default: "1000" },
      seed: { type: "string", default: "1" },
      policy: { type: "string" },
      json: { type: "boolean", default: false },
    },
  });
  const count = Number(values.count);
  if (!Number.isInteger(count) || count < 1) {
    throw new Error(`--count must be a whole number from 1, not "${values.count}"\n${usage}`);
  }
  const seed = Number(values.seed);
  if (!Number.isInteger(seed) || seed < 0) {
    throw new Error(`--seed must be a whole number, not "${values.seed}"\n${usage}`);
  }
  return { count, seed, policyFile: values.policy ?? null, json: values.json };
}

export type PolicyFile =
  | { readonly status: "valid"; readonly policy: Policy }
  /** One line per problem, each with the path of the field. */
  | { readonly status: "invalid"; readonly problems: readonly string[] };

export function readPolicyFile(path: string): PolicyFile {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    return { status: "invalid", problems: [`${path}: ${error instanceof Error ? error.message : error}`] };
  }
  const parsed = policySchema.safeParse(content);
  if (parsed.success) return { status: "valid", policy: parsed.data };
  return {
    status: "invalid",
    problems: parsed.error.issues.flatMap((issue) => {
      if (issue.code !== "unrecognized_keys")
        return [`${issue.path.join(".") || "(policy)"}: ${issue.message}`];
      return issue.keys.map((key) => `${[...issue.path, key].join(".")}: unknown field`);
    }),
  };
}
