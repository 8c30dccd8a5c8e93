import { readdirSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { z } from "zod";
import { defaultPolicy, policySchema } from "../../src/domain/policy/policy.js";
import { codeIn, readPage, readSource, tablesTitled } from "./markdown.js";

const page = readPage("operations.md");
const source = new URL("../../src", import.meta.url);
const deployed = readdirSync(source, { recursive: true, encoding: "utf8" }).filter(
  (path) =>
    /^(domain|engine|providers|adapters|entrypoints)\/.*\.ts$/.test(path) &&
    !/\.(test|contract)\.ts$|__fixtures__|simulator/.test(path),
);

/** `level event` of everything that is logged; what is filled in stands as an ellipsis. */
function loggedEvents(): string[] {
  const calls = deployed.flatMap((path) => [
    ...readSource(path).matchAll(/\blog\.(info|warn|error)\(\s*(["`])(.+?)\2/g),
  ]);
  const events = calls.map(([, level, , event = ""]) => `${level} ${event.replace(/\$\{[^}]*\}/g, "…")}`);
  return [...new Set(events)].sort();
}

/** Every field that can be set by itself: objects are looked into, tables by free words and weights are not. */
function fieldsOf(schema: unknown, value: unknown, path: readonly string[] = []): [string, unknown][] {
  const inner = schema instanceof z.ZodDefault ? schema.unwrap() : schema;
  if (!(inner instanceof z.ZodObject) || (path[0] === "profiles" && path.length === 2)) {
    return [[path.join("."), value]];
  }
  return Object.entries(inner.shape).flatMap(([name, member]) =>
    fieldsOf(member, Reflect.get(value as object, name), [...path, name]),
  );
}

describe("the page about operations", () => {
  it("explains every event that is logged, at its level, and none that is not", () => {
    const told = tablesTitled(page, "event").flatMap(({ rows }) =>
      rows.map(([event, level]) => `${level} ${codeIn(event)[0]}`),
    );
    expect(loggedEvents().length).toBeGreaterThan(30);
    expect(told.sort()).toEqual(loggedEvents());
  });

  it("finds every call of the log by its name", () => {
    const calls = deployed.flatMap((path) => readSource(path).match(/\blog\.(info|warn|error)\(/g) ?? []);
    const named = deployed.flatMap(
      (path) => readSource(path).match(/\blog\.(info|warn|error)\(\s*["`]/g) ?? [],
    );
    expect(named.length).toBe(calls.length);
  });

  it("explains every event of a job", () => {
    const [, union = ""] =
      /export type JobEvent =([\s\S]*?);\n\n/.exec(readSource("domain/job/event.ts")) ?? [];
    const types = [...union.matchAll(/readonly type: "(\w+)"/g)].map(([, type]) => type);
    const told = tablesTitled(page, "job event").flatMap(({ rows }) =>
      rows.flatMap(([first]) => codeIn(first)),
    );
    expect(types.length).toBeGreaterThan(0);
    expect(told.sort()).toEqual([...types].sort());
  });

  it("explains every field of a policy, with the default of the built-in one", () => {
    const told = tablesTitled(page, "policy field").flatMap(({ rows }) =>
      rows.flatMap(([names, defaults = "", meaning = ""]) => {
        const fields = codeIn(names);
        const values = defaults.split(", ");
        return fields.map((field, index) => ({ field, value: values[index], defaults, meaning }));
      }),
    );
    const fields = fieldsOf(policySchema, defaultPolicy);
    expect(told.map(({ field }) => field).sort()).toEqual(fields.map(([field]) => field).sort());
    expect(told.filter(({ meaning }) => meaning === "")).toEqual([]);
    for (const [field, value] of fields) {
      // What is keyed by free words, or is a table of its own, is told in words.
      if (typeof value === "object" && value !== null) continue;
      expect({ field, value: told.find((row) => row.field === field)?.value }).toEqual({
        field,
        value: String(value),
      });
    }
  });

  it("tells what an administrator should do about every warning and error", () => {
    const undone = tablesTitled(page, "event")
      .flatMap(({ rows }) => rows)
      .filter(([, level, , what = ""]) => level !== "info" && (what === "" || what === "–"));
    expect(undone).toEqual([]);
  });
});
