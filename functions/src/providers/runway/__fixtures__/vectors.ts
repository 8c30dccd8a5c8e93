import { readFileSync } from "node:fs";
import { z } from "zod";

const vector = z.object({
  id: z.string(),
  conf: z.string(),
  req: z.object({
    m: z.enum(["GET", "POST", "DELETE"]),
    p: z.string(),
    h: z.record(z.string(), z.string()).optional(),
    b: z.unknown().optional(),
  }),
  res: z.object({ s: z.number(), b: z.unknown().optional() }),
});
type Vector = z.output<typeof vector>;

const lines = readFileSync(new URL("./vectors.jsonl", import.meta.url), "utf8")
  .trim()
  .split("\n");

export const vectors: readonly Vector[] = lines.map((line) => vector.parse(JSON.parse(line)));

export function vectorOf(id: string): Vector {
  const found = vectors.find((candidate) => candidate.id === id);
  if (found === undefined) throw new Error(`no vector ${id}`);
  return found;
}
