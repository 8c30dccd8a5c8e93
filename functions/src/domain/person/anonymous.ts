import type { LedgerEntry } from "../accounting/credits.js";
import { hashIdOf } from "../hash.js";
import type { Deletion } from "./deletion.js";

/**
 * A line of the ledger without the person: what was granted, held and spent stays countable. Lines of one
 * job still belong together, and nothing tells which job it was.
 */
export function anonymousLine(line: LedgerEntry, { pseudonym, salt }: Deletion): LedgerEntry {
  const { id, type, credits, jobId, at } = line;
  return {
    id: hashIdOf(salt, id),
    uid: pseudonym,
    type,
    credits,
    jobId: jobId === null ? null : hashIdOf(salt, jobId),
    at,
    note: "",
  };
}

/** Whoever did something, or to whom or to whose job it was done. */
interface RecordedAct {
  readonly actor: string;
  readonly target: string;
  readonly details: Readonly<Record<string, string | number | boolean | null | readonly string[]>>;
}

/**
 * A line of the audit log without the person: who else, what and how much stays. `isAboutJob`: its subject is
 * a job of theirs.
 */
export function anonymousAct<Act extends RecordedAct>(
  act: Act,
  { uid, pseudonym }: Deletion,
  isAboutJob: boolean,
): Act {
  const actor = act.actor === uid ? pseudonym : act.actor;
  if (!isAboutJob && act.target !== uid) return { ...act, actor };
  // Words may name them, their jobs and reasons.
  const amounts = Object.entries(act.details).filter(([, value]) => typeof value === "number");
  return { ...act, actor, target: pseudonym, details: Object.fromEntries(amounts) };
}
