import { isBalanced, type LedgerEntry } from "../../../src/domain/accounting/credits.js";
import { isTerminal, type Job } from "../../../src/domain/job/job.js";
import type { Report, Violation } from "../record.js";
import type { ChaosWorld } from "../world/world.js";

type ReportProblem = (kind: Violation["kind"], detail: string) => void;

/** The ledger lines of a job must agree with its document. */
export function checkCharge(world: ChaosWorld, job: Job, reportProblem: ReportProblem): void {
  const lines = [...(world.database.ledgers.get(job.uid)?.values() ?? [])].filter(
    (line) => line.jobId === job.id,
  );
  if (job.partOf !== undefined) {
    if (lines.length > 0 || job.heldCredits > 0 || job.chargedCredits > 0) {
      reportProblem("doubleCharge", "a part has credits of its own");
    }
    return;
  }
  const parts = job.composition?.parts ?? [];
  const byStep = parts.reduce((total, part) => total + part.chargedCredits, 0);
  const captured = sumOf(lines, "capture");
  const ends = lines.filter((line) => line.id === `${job.id}:capture`);
  const steps = lines.filter((line) => line.type === "capture" && !ends.includes(line));
  if (steps.length !== parts.filter((part) => part.chargedCredits > 0).length) {
    reportProblem("doubleCharge", `${steps.length} captures for parts`);
  }
  if (captured - sumOf(ends, "capture") !== byStep)
    reportProblem("doubleCharge", "parts are charged otherwise");
  if (ends.length > 0 && job.status !== "completed")
    reportProblem("doubleCharge", `charged, and ${job.status}`);
  if (captured !== job.chargedCredits) reportProblem("doubleCharge", "charged otherwise than recorded");
  const held = sumOf(lines, "hold");
  if (captured > held) reportProblem("doubleCharge", `${captured} captured of ${held}`);
  if (isTerminal(job) && captured + sumOf(lines, "release") !== held) {
    reportProblem("wrongBalance", `held ${held}, captured ${captured}, released ${sumOf(lines, "release")}`);
  }
}

export function checkAccounts({ database }: ChaosWorld, report: Report): void {
  for (const [uid, { credits }] of database.accounts) {
    const lines = [...(database.ledgers.get(uid)?.values() ?? [])];
    const isOpen = [...database.jobs.values()].some((job) => job.uid === uid && !isTerminal(job));
    const fits =
      isBalanced(credits) &&
      credits.granted === sumOf(lines, "grant") &&
      credits.spent === sumOf(lines, "capture") &&
      credits.held === sumOf(lines, "hold") - credits.spent - sumOf(lines, "release") &&
      (isOpen || credits.held === 0);
    if (!fits) report({ kind: "wrongBalance", jobId: uid, detail: JSON.stringify(credits) });
  }
}

function sumOf(lines: readonly LedgerEntry[], type: LedgerEntry["type"]): number {
  return lines.reduce((total, line) => (line.type === type ? total + line.credits : total), 0);
}

/**
 * Starts are counted by the minute of the clock that wrote them. A start that was held up on its way
 * counts in a later one, so only the whole time can be judged: so many minutes, so many starts each.
 */
export function checkRates({ database, swarm }: ChaosWorld, report: Report): void {
  const allowed = swarm.policy.limits.startsPerUserPerMinute;
  for (const uid of database.accounts.keys()) {
    const own = [...database.jobs.values()].filter((job) => job.uid === uid && job.partOf === undefined);
    if (own.length === 0) continue;
    const minutes = own.map((job) => Math.floor(job.createdAt / 60_000));
    const span = Math.max(...minutes) - Math.min(...minutes) + 1;
    if (own.length > allowed * span) {
      const detail = `${own.length} starts in ${span} minutes, ${allowed} a minute allowed`;
      report({ kind: "windowExceeded", jobId: uid, detail });
    }
  }
}

/** One request of a user is one job, however often it was sent, and one video, however often it was retried. */
export function checkRequests({ database }: ChaosWorld, report: Report): void {
  const first = new Map<string, string>();
  const completed = new Map<string, string>();
  for (const job of database.jobs.values()) {
    const { id, uid, request, batch, status } = job;
    if (job.partOf !== undefined) continue;
    const requestKey = batch === undefined ? `${uid} ${request.requestId}` : `${batch.batchId} ${batch.key}`;
    const twin = first.get(requestKey);
    if (job.redriveOf === undefined) first.set(requestKey, id);
    if (job.redriveOf === undefined && twin !== undefined) {
      report({ kind: "doubleCharge", jobId: id, detail: `${twin} is the same requestKey` });
    }
    if (status !== "completed") continue;
    const other = completed.get(requestKey);
    completed.set(requestKey, id);
    if (other !== undefined)
      report({ kind: "doubleCharge", jobId: id, detail: `${other} has fulfilled this requestKey` });
  }
}
