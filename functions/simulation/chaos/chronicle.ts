import { sha256 } from "../../src/domain/hash.js";

/** Everything that happened in one world, in order: what a seed is replayed by and compared with. */
export interface Chronicle {
  note(text: string): void;
  events(): number;
  /** Equal for equal histories. */
  hash(): string;
}

/** Lines are handed on in blocks and then forgotten: a history is long, and hardly ever looked at. */
const linesPerBlock = 256;

export function createChronicle(
  now: () => number,
  start: number,
  onLines: (lines: string) => void = () => {},
): Chronicle {
  let block: string[] = [];
  let events = 0;
  let hash = "";

  function endBlock(): void {
    if (block.length === 0) return;
    const lines = block.join("\n");
    block = [];
    hash = sha256(`${hash}\n${lines}`);
    onLines(lines);
  }

  return {
    note(text) {
      events += 1;
      block.push(`${Math.round(now() - start)} ms ${text}`);
      if (block.length === linesPerBlock) endBlock();
    },
    events: () => events,
    hash() {
      endBlock();
      return hash;
    },
  };
}
