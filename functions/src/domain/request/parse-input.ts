import { z } from "zod";
import { RequestError } from "../errors.js";
import { cut, shown } from "../shown.js";
import { unknownField, wordingOf } from "./wording.js";

/** What is wrong with one field of an input. */
export interface Problem {
  /** Names joined by dots; empty for the input as a whole. */
  readonly path: string;
  readonly problem: string;
}

type Checked<Data> =
  | { readonly success: true; readonly data: Data }
  | { readonly success: false; readonly problems: readonly Problem[] };

/** Of more mistakes than these nobody reads. */
export const mostProblems = 20;
const unknown = "unknown field: ";
const longestPath = 100;
const longestSentence = 300;
export const longestMessage = 2_000;

/** Parses any client input with one wording of the problems. Throws `RequestError`. */
export function parseInput<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const checked = checkInput(schema, input);
  if (checked.success) return checked.data;
  const fields = checked.problems.map((problem) => ({ path: problem.path, problem: sentenceOf(problem) }));
  const message = cut(fields.map(({ problem }) => problem).join("; "), longestMessage);
  throw new RequestError("invalid_argument", message, { fields });
}

/** The same without a throw: the first problems of an input, each by its field. */
export function checkInput<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
): Checked<z.output<Schema>> {
  const unfit = unfitTexts(input, []);
  /** What may have been meant, by the list of names that there are not. */
  const known = new Map<readonly string[], readonly string[]>();
  const result = schema.safeParse(input, {
    error: (issue) => {
      if (issue.code === "unrecognized_keys") known.set(issue.keys, fieldsLeft(issue.inst, issue.input));
      return wordingOf(issue);
    },
  });
  if (result.success && unfit.length === 0) return result;
  const issues = (result.error?.issues ?? []).slice(0, mostProblems);
  const problems = issues.flatMap((issue) => toProblems(issue, known));
  return { success: false, problems: [...unfit, ...problems].slice(0, mostProblems) };
}

function sentenceOf({ path, problem }: Problem): string {
  if (path === "") return `the request ${problem}`;
  const remedy = problem.startsWith(unknown) ? problem.slice(unknown.length) : null;
  return cut(remedy === null ? `${path}: ${problem}` : `unknown field ${path}: ${remedy}`, longestSentence);
}

function toProblems(
  issue: z.core.$ZodIssue,
  known: ReadonlyMap<readonly string[], readonly string[]>,
): Problem[] {
  if (issue.code !== "unrecognized_keys") {
    return [{ path: pathOf(issue.path), problem: cut(issue.message, longestSentence) }];
  }
  return issue.keys.slice(0, mostProblems).map((key) => ({
    path: pathOf([...issue.path, key]),
    problem: unknownField(key, known.get(issue.keys) ?? []),
  }));
}

/** The fields of an object that it does not have yet: one that is there was not meant by another name. */
function fieldsLeft(schema: unknown, input: unknown): readonly string[] {
  if (!(schema instanceof z.ZodObject) || typeof input !== "object" || input === null) return [];
  return Object.keys(schema.shape).filter((name) => !Object.hasOwn(input, name));
}

function pathOf(path: readonly PropertyKey[]): string {
  return shown(path.map(String).join("."), longestPath);
}

/** Control characters but tabs and line breaks, and lone surrogates, which no other encoding can carry. */
const unfitCharacters = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\p{Cs}]/u;

/**
 * Texts and names that hold what is no ordinary text, wherever they stand: control characters only
 * serve injection, and halves of characters are stored as something else.
 */
function unfitTexts(value: unknown, path: readonly PropertyKey[]): Problem[] {
  const isUnfit = (text: string) => unfitCharacters.test(text);
  const problem = "must not hold control characters or halves of characters";
  if (typeof value === "string") return isUnfit(value) ? [{ path: pathOf(path), problem }] : [];
  if (typeof value !== "object" || value === null) return [];
  const found: Problem[] = [];
  for (const [name, member] of Object.entries(value)) {
    if (found.length >= mostProblems) break;
    const place = [...path, name];
    if (isUnfit(name)) found.push({ path: pathOf(place), problem: `the name ${problem}` });
    found.push(...unfitTexts(member, place));
  }
  return found;
}
