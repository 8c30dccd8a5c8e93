import { hash } from "node:crypto";

/** Hex SHA-256 of a text. Deterministic, so it may stand in the domain. */
export function sha256(text: string): string {
  return hash("sha256", text, "hex");
}

/** A number in [0, 1) that depends on the text alone: jitter that a test can state exactly. */
export function fraction(text: string): number {
  return Number.parseInt(sha256(text).slice(0, 12), 16) / 0x1000000000000;
}

/** JSON with sorted keys and without `undefined`, so equal values give equal bytes. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(sortKeys(value));
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => [key, sortKeys(member)]),
  );
}
