import type { z } from "zod";
import { didYouMean, nearest } from "../nearest.js";
import { cut, shown } from "../shown.js";

/**
 * What is wrong with a value and what is possible, in our words: one sentence for each kind of issue
 * that the schemas raise. A schema that can say more has a message of its own.
 */
export function wordingOf(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return expectation(expectedKinds[issue.expected] ?? "something else", issue.input);
    case "invalid_value":
      return oneOf(issue.values, issue.input);
    case "invalid_union":
      return issue.discriminator === undefined
        ? "has none of the forms that are possible"
        : oneOf(optionsOf(issue), valueAt(issue.input, issue.discriminator));
    case "too_big":
      return limit(issue.origin, issue.inclusive === false ? "below" : "at most", issue.maximum);
    case "too_small":
      return limit(issue.origin, issue.inclusive === false ? "above" : "at least", issue.minimum);
    case "not_multiple_of":
      return `must be a multiple of ${issue.divisor}`;
    case "unrecognized_keys":
      return "unknown field: remove it";
    case "invalid_key":
    case "invalid_element":
      return issue.issues[0]?.message ?? "is not possible here";
    default:
      return "is not spelled as it must be";
  }
}

/** What is said of a field that there is not. */
export function unknownField(name: string, known: readonly string[]): string {
  const meant = nearest(name, known);
  return `unknown field: ${meant === null ? "remove it" : `did you mean ${meant}?`}`;
}

const longestList = 200;

const expectedKinds: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
  null: "null",
  never: "left out",
};

function expectation(expected: string, input: unknown): string {
  return input === undefined ? `is missing: give ${expected}` : `must be ${expected}, not ${kindOf(input)}`;
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  switch (typeof value) {
    case "string":
      return "a text";
    case "boolean":
      return String(value);
    case "number":
      return Number.isInteger(value) || !Number.isFinite(value) ? String(value) : "a fraction";
    default:
      return "an object";
  }
}

function oneOf(possible: readonly unknown[], input: unknown): string {
  const words = possible.map(String);
  const list = cut(words.length === 1 ? (words[0] ?? "") : `one of ${words.join(", ")}`, longestList);
  if (typeof input !== "string") return expectation(list, input);
  return `must be ${list}, not ${shown(input)}${didYouMean(input, words)}`;
}

/** The values by which the forms of a union are told apart. */
function optionsOf(issue: z.core.$ZodRawIssue<z.core.$ZodIssueInvalidUnion>): readonly unknown[] {
  return "options" in issue && Array.isArray(issue.options) ? issue.options : [];
}

function valueAt(input: unknown, name: string): unknown {
  return typeof input === "object" && input !== null && Object.hasOwn(input, name)
    ? Reflect.get(input, name)
    : undefined;
}

const countable = ["array", "set", "map", "object", "record"];

function limit(origin: string, relation: string, value: number | bigint): string {
  if (origin === "string") return `must be ${relation} ${value} characters`;
  return countable.includes(origin)
    ? `may hold ${relation} ${value} entries`
    : `must be ${relation} ${value}`;
}
