import { readFileSync } from "node:fs";

interface Vector {
  readonly id: string;
  readonly conf: string;
  readonly req: { m: string; p: string; h?: Record<string, string>; b?: Record<string, unknown> | string };
  readonly res: { s: number; h?: Record<string, string>; b: { data?: unknown; error?: unknown } };
}

const vectors = readFileSync(new URL("./vectors.jsonl", import.meta.url), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as Vector);

export function vector(id: string): Vector {
  const found = vectors.find((candidate) => candidate.id === id);
  if (found === undefined) throw new Error(`no vector ${id}`);
  return found;
}
