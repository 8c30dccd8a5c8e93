import { z } from "zod";
import { type Fields, fieldsOf, firstText } from "../shared/answer.js";

/** Information: in whatever type it comes, it must not hide an error, a status or a file. */
const someText = z.preprocess((value) => firstText(value), z.string().optional()).optional();

/** One entry of `errors`, or the `error` of an item. Any of it may be left out (SDK, `ApiError`). */
export const wireError = z.object({
  code: z
    .string()
    .transform((code) => firstText(code))
    .optional()
    .catch(undefined),
  message: someText,
  /** The field that is refused; a list where several are. */
  parameter: z.preprocess((value) => firstText(...[value].flat()), z.string().optional()).optional(),
  /** What the vendor takes instead: a list, or an object by field. */
  allowedValues: z.unknown().optional(),
  taskType: someText,
  taskUUID: someText,
});
export type WireError = Partial<z.infer<typeof wireError>>;

/** One entry of `data`: an acknowledgement, a progress report or a result. */
const wireItem = z.object({
  taskType: someText,
  taskUUID: someText,
  status: z.string().optional().catch(undefined),
  cost: z.number().optional().catch(undefined),
  /** Of whatever type: a file that is there and cannot be read is not the same as none. */
  videoURL: z.unknown().optional(),
  imageURL: z.unknown().optional(),
  error: wireError.optional(),
  balance: z
    .object({ amount: z.number().nullish(), currency: z.string().nullish() })
    .optional()
    .catch(undefined),
});
export type WireItem = z.infer<typeof wireItem>;

/** Every answer of the API: results and errors side by side, matched to tasks by `taskUUID`. */
export interface WireAnswer {
  readonly data: readonly WireItem[];
  readonly errors: readonly WireError[];
}

/**
 * The vendor's official clients read errors in several places: in `errors`, in `error`, nested in an
 * item, flat in it (Go CLI), and as the whole answer; results as a list and alone. `null` for an
 * answer that holds nothing of the kind, as a gateway's `{"message": …}`.
 */
export function readTasks(json: unknown): WireAnswer | null {
  if (Array.isArray(json)) return { data: json.map(toItem), errors: [] };
  const answer = fieldsOf(json);
  const errors = objectsIn(answer.errors, answer.error).map((error) => wireError.parse(error));
  if (answer.data != null) return { data: objectsIn(answer.data).map(toItem), errors };
  if (errors.length > 0 || Array.isArray(answer.errors)) return { data: [], errors };
  if (isFlatItem(answer)) return { data: [toItem(answer)], errors: [] };
  return typeof answer.code === "string" ? { data: [], errors: [wireError.parse(answer)] } : null;
}

/** A delivery to a webhook is one flat task; an error with the UUID of its task is one too. */
function isFlatItem({ taskUUID, status, videoURL, imageURL }: Fields): boolean {
  if (typeof taskUUID !== "string") return false;
  return status !== undefined || videoURL !== undefined || imageURL !== undefined;
}

function objectsIn(...values: readonly unknown[]): Fields[] {
  return values.flat().filter((value) => Object.keys(fieldsOf(value)).length > 0) as Fields[];
}

function toItem(value: unknown): WireItem {
  const fields = fieldsOf(value);
  const [nested] = objectsIn(fields.error, fields.errors);
  const flat = typeof fields.code === "string" || fields.status === "error" ? fields : undefined;
  return wireItem.parse({ ...fields, error: nested ?? flat });
}
