import { sha256 } from "../../src/domain/hash.js";

/** Everything that happened in one world, in order. Equal logs are equal histories. */
export interface EventLog {
  note(text: string): void;
  events(): number;
  /** Equal for equal histories. */
  hash(): string;
}

/** Lines are handed on in blocks and then dropped: a history is long and rarely printed. */
const linesPerBlock = 256;

export function createEventLog(
  now: () => number,
  start: number,
  onLines: (lines: string) => void = () => {},
): EventLog {
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

/** What must never happen in any history, whatever its faults. */
const violationKinds = [
  /** A job that has not ended in time, or whose owner was not told. */
  "lost",
  /** One request that is charged twice, or charged without a video. */
  "doubleCharge",
  /** An account that does not add up. */
  "wrongBalance",
  /** A job that ended, and then ended otherwise. */
  "terminalChanged",
  /** Completed, but the file is not there, not whole, or not that of the attempt. */
  "completedWithoutFile",
  /** The owner was given a usable file of something that was never charged. */
  "deliveredUnpaid",
  /** A provider was paid again while the earlier payment may still come to something, or is not on record. */
  "duplicatePaidStart",
  /** A generation that was paid and has finished, and that nobody has ever read. */
  "paidUnread",
  /** More was started than policy or account allow. */
  "windowExceeded",
  /** The owner was told two different things. */
  "notifiedTwice",
] as const;
export type ViolationKind = (typeof violationKinds)[number];

export interface Violation {
  readonly kind: ViolationKind;
  readonly jobId: string;
  readonly detail: string;
}

export type Report = (violation: Violation) => void;

export type ViolationCounts = Record<ViolationKind, number>;

export function countViolations(violations: readonly Pick<Violation, "kind">[]): ViolationCounts {
  const count = (kind: ViolationKind) => violations.filter((violation) => violation.kind === kind).length;
  return {
    lost: count("lost"),
    doubleCharge: count("doubleCharge"),
    wrongBalance: count("wrongBalance"),
    terminalChanged: count("terminalChanged"),
    completedWithoutFile: count("completedWithoutFile"),
    deliveredUnpaid: count("deliveredUnpaid"),
    duplicatePaidStart: count("duplicatePaidStart"),
    paidUnread: count("paidUnread"),
    windowExceeded: count("windowExceeded"),
    notifiedTwice: count("notifiedTwice"),
  };
}
