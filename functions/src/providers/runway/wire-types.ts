import { z } from "zod";
import { type Fields, fieldsOf, firstId, firstText } from "../shared/answer.js";

/**
 * Only what decides is strict here: an id, a status, a file. Everything else is information, and in
 * whatever type it comes it must not hide a task that is paid for.
 */
const cost = z.object({ credits: z.number().nonnegative().optional() }).optional().catch(undefined);

/** The part of an answer that speaks of the task: the answer itself, or what stands in an envelope. */
function taskPart(answer: unknown, decisive: "id" | "status"): Fields {
  const outer = fieldsOf(answer);
  const parts = [outer, outer.data, outer.task].flat().map(fieldsOf);
  return parts.find((part) => firstText(part[decisive]) !== undefined) ?? outer;
}

/** Answer to every create. `avatar_videos` names no cost. */
export const createdAnswer = z.preprocess(
  (answer) => {
    const { id, estimatedCost } = taskPart(answer, "id");
    return { id: firstId(id), estimatedCost };
  },
  z.object({ id: z.string(), estimatedCost: cost }),
);

/** GET /v1/tasks/{id} */
export const taskAnswer = z.preprocess(
  (answer) => {
    const fields = taskPart(answer, "status");
    const failure = fieldsOf(fields.failure);
    const error = fieldsOf(fields.error);
    return {
      status: fields.status,
      cost: fields.cost,
      output: filesIn(fields.output),
      failure: firstText(fields.failure, failure.reason, failure.message, fields.error, error.message),
      failureCode: firstText(fields.failureCode, fields.failure_code, failure.code, error.code),
    };
  },
  z.object({
    status: z.string(),
    output: z.array(z.string()).optional(),
    failure: z.string().optional(),
    failureCode: z.string().optional(),
    cost,
  }),
);
export type WireTask = z.infer<typeof taskAnswer>;

/** The files of a task: an empty list says that there are none, anything that is no list says nothing. */
function filesIn(output: unknown): string[] | undefined {
  if (Array.isArray(output) && output.length === 0) return [];
  const files = [output].flat().flatMap((file) => {
    const { url, uri } = fieldsOf(file);
    return [file, url, uri].find((text) => typeof text === "string" && text !== "") ?? [];
  });
  return files.length === 0 ? undefined : (files as string[]);
}

/** GET /v1/organization */
export const accountAnswer = z.object({ creditBalance: z.number().optional().catch(undefined) });

/** One complaint about a body; a choice between shapes holds the complaints of each shape. */
export interface WireIssue {
  readonly code?: string | undefined;
  readonly path: string;
  readonly message?: string | undefined;
}

/** What an answer says against a request; `null` when it does not speak as this vendor does. */
export interface WireRefusal {
  /** For people. */
  readonly text: string;
  readonly issues: readonly WireIssue[];
}

/** `error` is for people; `issues` come with a body that did not validate. */
export function readRefusal(answer: unknown): WireRefusal | null {
  const fields = fieldsOf(answer);
  const error = fieldsOf(fields.error);
  const [first] = [fields.errors].flat();
  const text = firstText(fields.error, error.message, error.error, first, fieldsOf(first).message);
  const issues = [fields.issues, error.issues, fieldsOf(fields.data).issues]
    .find(Array.isArray)
    ?.map(toIssue);
  if (text === undefined && issues === undefined) return null;
  return { text: text ?? "", issues: issues ?? [] };
}

function toIssue(value: unknown): WireIssue {
  const issue = fieldsOf(value);
  const path = [issue.path ?? issue.parameter ?? issue.param ?? []].flat().map(String).join(".");
  return { code: firstText(issue.code), path: firstText(path) ?? "", message: firstText(issue.message) };
}

/** "Could not find Task" (capture of 2026-08); gateways say `{error: "Not Found"}`, other errors name tasks. */
const noSuchTask =
  /\b(?:could not|cannot|can't|unable to|failed to) find\b.*\btask\b|\btask\b.*\b(?:not found|not exist|doesn't exist|unknown)\b|\b(?:no such|unknown) task\b/i;

export function saysNoSuchTask(answer: unknown): boolean {
  const refusal = readRefusal(answer);
  return refusal !== null && refusal.issues.length === 0 && noSuchTask.test(refusal.text);
}
