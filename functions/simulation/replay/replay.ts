import { closeSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StringDecoder } from "node:string_decoder";
import { parseArgs } from "node:util";
import { type Policy, policySchema } from "../../src/domain/policy/policy.js";
import { compareDecisions, type PolicyComparison } from "../../src/domain/selection/comparison.js";
import { type DecisionRecord, replayDecision } from "../../src/domain/selection/record.js";
import { select } from "../../src/domain/selection/selection.js";
import { sampleCalls, samplePolicies, wholeCatalogue } from "../kit/sample-traffic.js";

export interface ReplayResult {
  readonly replayed: number;
  /** Decisions whose canonical bytes are not those of the record. */
  readonly different: number;
  readonly withoutWinner: number;
  readonly comparison: PolicyComparison | null;
}

/** Makes decisions over the whole catalogue, stores them, and decides each again from its bytes. */
export function runReplay(options: {
  readonly count: number;
  readonly seed: number;
  readonly draft: Policy | null;
}): ReplayResult {
  const directory = mkdtempSync(join(tmpdir(), "reelay-replay-"));
  try {
    const path = join(directory, "decisions.jsonl");
    writeRecords(path, makeRecords(options.count, options.seed));
    return {
      ...replayAll(path),
      comparison: options.draft === null ? null : compareDecisions(readRecords(path), options.draft),
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function replayAll(path: string): Omit<ReplayResult, "comparison"> {
  const policies = new Map(samplePolicies(wholeCatalogue()).map((policy) => [policy.version, policy]));
  let replayed = 0;
  let different = 0;
  let withoutWinner = 0;
  for (const record of readRecords(path)) {
    const policy = policies.get(record.decision.policyVersion);
    replayed += 1;
    if (policy === undefined || !replayDecision(record, policy).same) different += 1;
    if (record.decision.winner === null) withoutWinner += 1;
  }
  return { replayed, different, withoutWinner };
}

export function* makeRecords(count: number, seed: number): Generator<DecisionRecord, void> {
  const catalogue = wholeCatalogue();
  const calls = sampleCalls(catalogue, seed);
  for (let made = 0; made < count; made += 1) {
    const { request, snapshot, context } = calls.next().value;
    yield select(catalogue, request, snapshot, context).record;
  }
}

/** Writes records as JSON, one per line, without ever holding more than one of them. */
export function writeRecords(path: string, records: Iterable<DecisionRecord>): void {
  const file = openSync(path, "w");
  try {
    for (const record of records) writeSync(file, `${JSON.stringify(record)}\n`);
  } finally {
    closeSync(file);
  }
}

/** Reads them back from their bytes. */
export function* readRecords(path: string): Generator<DecisionRecord, void> {
  for (const line of readLines(path)) {
    const record: DecisionRecord = JSON.parse(line);
    yield record;
  }
}

function* readLines(path: string): Generator<string, void> {
  const file = openSync(path, "r");
  const decoder = new StringDecoder("utf8");
  const chunk = Buffer.alloc(1024 * 1024);
  let rest = "";
  try {
    for (let length = readSync(file, chunk); length > 0; length = readSync(file, chunk)) {
      const lines = (rest + decoder.write(chunk.subarray(0, length))).split("\n");
      rest = lines.pop() ?? "";
      yield* lines;
    }
  } finally {
    closeSync(file);
  }
}

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
