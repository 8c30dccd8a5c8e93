import { hash } from "node:crypto";

/** Hex SHA-256 of a text. Deterministic, so it may stand in the domain. */
export function sha256(text: string): string {
  return hash("sha256", text, "hex");
}

/** An id that follows from a text alone, so that whoever makes it again finds what is there. */
export function hashId(text: string): string {
  return sha256(text).slice(0, 24);
}

/**
 * An id that follows from several texts. Written as a list, they stay apart whatever they hold: joined by
 * a colon, a user `a:b` with the request `c` would have the id of the user `a` with the request `b:c`.
 */
export function hashIdOf(...parts: readonly (string | number)[]): string {
  return hashId(JSON.stringify(parts));
}

/** What every id of a job or batch looks like. */
export const idPattern = /^[0-9a-f]{24}$/;

/** A number in [0, 1) that depends on the text alone: jitter that a test can state exactly. */
export function fraction(text: string): number {
  return Number.parseInt(sha256(text).slice(0, 12), 16) / 0x1000000000000;
}

/** JSON with sorted keys and without `undefined`, so equal values give equal bytes. */
export function canonicalJson(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value ?? null);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join()}]`;
  const fields = value as Readonly<Record<string, unknown>>;
  const members: string[] = [];
  for (const name of Object.keys(fields).sort()) {
    const member = fields[name];
    if (member !== undefined) members.push(`${JSON.stringify(name)}:${canonicalJson(member)}`);
  }
  return `{${members.join()}}`;
}
