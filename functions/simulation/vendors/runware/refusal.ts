import type { z } from "zod";

/** A task that the vendor turned away, in the vendor's words. */
export interface Refusal {
  readonly status: number;
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly parameter?: string;
    readonly taskType?: string;
    readonly taskUUID?: string;
    readonly allowedValues?: readonly (string | number)[];
    readonly documentation?: string;
  };
}

export function refusal(
  status: number,
  code: string,
  message: string,
  rest: Partial<Refusal["error"]> = {},
): Refusal {
  return { status, error: { code, message, ...rest } };
}

/** The first problem of a task in the vendor's naming: `unsupported…`, `missing…`, `invalid…`. */
export function toRefusal(issue: z.core.$ZodIssue | undefined, task: object): Refusal {
  if (issue?.code === "unrecognized_keys") {
    const parameter = [...issue.path, issue.keys[0]].join(".");
    return refusal(400, "unsupportedParameter", `Parameter '${parameter}' is not supported.`, { parameter });
  }
  const path = issue?.path ?? [];
  const parameter = path.join(".");
  const name = String(path.find((part) => typeof part === "string") ?? "Request");
  const kind = valueAt(task, path) === undefined ? "missing" : "invalid";
  return refusal(400, `${kind}${name.charAt(0).toUpperCase()}${name.slice(1)}`, `Check '${parameter}'.`, {
    parameter,
  });
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, part) => (at !== null && typeof at === "object" ? Reflect.get(at, part) : undefined),
    value,
  );
}
