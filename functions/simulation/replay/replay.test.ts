import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { defaultPolicy } from "../../src/domain/policy/policy.js";
import { makeRecords, readOptions, readPolicyFile, readRecords, runReplay, writeRecords } from "./replay.js";

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "reelay-replay-test-"));
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

describe("the replay command", () => {
  it("finds every decision unchanged after it was read back from its bytes", () => {
    const result = runReplay({ count: 200, seed: 1, draft: null });
    expect(result).toMatchObject({ replayed: 200, different: 0, comparison: null });
  });

  it("compares a draft policy with all of them", () => {
    const draft = { ...defaultPolicy, version: 9, tierProfiles: {} };
    const { comparison } = runReplay({ count: 100, seed: 1, draft });
    expect(comparison?.replayed).toBe(100);
  });

  it("reads back what it wrote, also where a record spans two reads of the file", () => {
    const path = join(directory, "records.jsonl");
    const records = [...makeRecords(120, 2)];
    writeRecords(path, records);
    expect(JSON.stringify([...readRecords(path)])).toBe(JSON.stringify(records));
  });

  it("refuses a count that is none", () => {
    expect(() => readOptions(["--count", "0"])).toThrow("--count must be a whole number from 1");
    expect(readOptions(["--count", "50", "--json"])).toEqual({
      count: 50,
      seed: 1,
      policyFile: null,
      json: true,
    });
  });
});

describe("a policy file", () => {
  function write(content: unknown): string {
    const path = join(directory, "policy.json");
    writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
    return path;
  }

  it("is taken when it is whole", () => {
    expect(readPolicyFile(write(defaultPolicy))).toEqual({ status: "valid", policy: defaultPolicy });
  });

  it("is refused with every problem by its path", () => {
    const { ambiguous: _, ...rest } = defaultPolicy;
    const file = readPolicyFile(
      write({ ...rest, colour: 1, scales: { ...rest.scales, cheapUsd: -1 }, priorities: { runway: 11 } }),
    );
    const problems = file.status === "invalid" ? file.problems.join("\n") : "";
    expect(problems).toContain("priorities.runway:");
    expect(problems).toContain("scales.cheapUsd:");
    expect(problems).toContain("ambiguous:");
    expect(problems).toContain("colour: unknown field");
  });

  it("is refused when it is no JSON or not there", () => {
    expect(readPolicyFile(write("{"))).toMatchObject({ status: "invalid" });
    expect(readPolicyFile(join(directory, "missing.json"))).toMatchObject({ status: "invalid" });
  });
});
