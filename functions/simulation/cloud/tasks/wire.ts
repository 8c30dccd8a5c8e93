import { z } from "zod";

/** HTTP status of each canonical code; a Google client turns `status` back into the gRPC number. */
const httpStatuses = {
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  INTERNAL: 500,
  UNIMPLEMENTED: 501,
} as const;

export class RpcError extends Error {
  readonly status: keyof typeof httpStatuses;

  constructor(status: RpcError["status"], message: string) {
    super(message);
    this.name = "RpcError";
    this.status = status;
  }
}

/** google.rpc.Status in the JSON form that Google's REST servers send. */
export function toErrorAnswer(error: unknown): { code: number; body: unknown } {
  const known = error instanceof RpcError ? error : new RpcError("INTERNAL", String(error));
  const code = httpStatuses[known.status];
  return { code, body: { error: { code, message: known.message, status: known.status } } };
}

/** Protobuf's JSON form: RFC 3339 for a Timestamp, seconds with an "s" for a Duration. */
export const timestampMs = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));
export const durationMs = z
  .string()
  .regex(/^-?\d+(\.\d+)?s$/)
  .transform((text) => Math.round(Number.parseFloat(text) * 1_000));

/** An enum by name or, as the Google clients send it over REST, by its number in the .proto file. */
export function protoEnum<const Names extends readonly [string, ...string[]]>(names: Names) {
  return z.union([z.enum(names), z.coerce.number().transform((index) => names[index])]).pipe(z.enum(names));
}

export function fromTimestampMs(ms: number): string {
  return new Date(ms).toISOString();
}

export function fromDurationMs(ms: number): string {
  return `${ms / 1_000}s`;
}

export function readBodyAs<Schema extends z.ZodType>(schema: Schema, json: unknown): z.output<Schema> {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new RpcError(
    "INVALID_ARGUMENT",
    `${issue?.path.join(".") ?? "body"}: ${issue?.message ?? "invalid"}`,
  );
}

/** One page of resources by name; the token is the last name of the page before. */
export function page<Item extends { readonly name: string }>(
  items: Iterable<Item>,
  query: URLSearchParams,
): { items: Item[]; nextPageToken: string } {
  const size = Math.min(1_000, Math.max(1, Number(query.get("pageSize") ?? 1_000) || 1_000));
  const after = Buffer.from(query.get("pageToken") ?? "", "base64url").toString();
  const rest = [...items].filter((item) => item.name > after).sort((a, b) => (a.name < b.name ? -1 : 1));
  const shown = rest.slice(0, size);
  const last = shown.at(-1);
  const more = rest.length > size && last !== undefined;
  return { items: shown, nextPageToken: more ? Buffer.from(last.name).toString("base64url") : "" };
}
