import { RequestError } from "../errors.js";

/** How much one call may bring. Judged before anything is known of what it means. */
export interface InputLimits {
  /** Of the body as it came, or of its texts and names in UTF-8 where the body is not at hand. */
  readonly bytes: number;
  /** Fields and list items of all levels together. */
  readonly values: number;
  /** Objects and lists inside each other. */
  readonly depth: number;
}

/** A single request: its longest texts together are 60 KB in UTF-8. */
export const callSizeLimits: InputLimits = { bytes: 256 * 1024, values: 2_000, depth: 16 };
/** Many requests in one call, each with fields of its own. */
export const batchSizeLimits: InputLimits = { bytes: 1024 * 1024, values: 20_000, depth: 16 };
/** What we wrote ourselves into a queue. */
export const taskSizeLimits: InputLimits = { bytes: 100 * 1024, values: 200, depth: 8 };

/**
 * Throws a `RequestError` for input that is too large to be looked at. The cost of a refusal does
 * not follow the size of the input: counting ends with the first limit that is passed, and what is
 * said about it never repeats the input.
 */
export function checkInputSize(input: unknown, limits: InputLimits, bodyBytes = 0): void {
  const problem = sizeProblem(input, limits, bodyBytes);
  if (problem !== null) throw new RequestError("invalid_argument", problem);
}

/** What is too large about an input, with the limit; `null` when nothing is. */
export function sizeProblem(input: unknown, limits: InputLimits, bodyBytes = 0): string | null {
  const tooLong = `the request must be at most ${limits.bytes / 1024} KB long: send fewer or shorter fields`;
  if (bodyBytes > limits.bytes) return tooLong;
  let bytes = 0;
  let values = 0;
  const open: { readonly value: unknown; readonly depth: number }[] = [{ value: input, depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, depth } = next;
    if (typeof value === "string") bytes += Buffer.byteLength(value);
    if (bytes > limits.bytes) return tooLong;
    if (typeof value !== "object" || value === null) continue;
    if (!isPlain(value)) return "the request must not have a field __proto__: remove it";
    if (depth === limits.depth) {
      return `the request must be at most ${limits.depth} levels deep: put fewer objects and lists into each other`;
    }
    // Not Object.entries, which would first make a pair of every field.
    for (const name in value) {
      if (!Object.hasOwn(value, name)) continue;
      values += 1;
      if (values > limits.values) {
        return `the request must have at most ${limits.values} fields and list items: send fewer`;
      }
      if (!Array.isArray(value)) bytes += Buffer.byteLength(name);
      open.push({ value: Reflect.get(value, name), depth: depth + 1 });
    }
  }
  return bytes > limits.bytes ? tooLong : null;
}

/**
 * Tells whether an object has members of its own alone. The library that decodes a call copies field
 * by field, so that one called `__proto__` becomes a prototype: it is not counted, and read all the same.
 */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return Array.isArray(value) || prototype === null || Object.getPrototypeOf(prototype) === null;
}
