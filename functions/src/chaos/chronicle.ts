import { sha256 } from "../domain/hash.js";

/** Everything that happened in one world, in order: what a seed is replayed by and compared with. */
export interface Chronicle {
  note(text: string): void;
  lines(): readonly string[];
  /** Equal for equal histories. */
  hash(): string;
}

export function createChronicle(now: () => number, start: number): Chronicle {
  const lines: string[] = [];
  return {
    note(text) {
      lines.push(`${Math.round(now() - start)} ms ${text}`);
    },
    lines: () => lines,
    hash: () => sha256(lines.join("\n")),
  };
}
