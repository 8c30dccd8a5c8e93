import { isBalanced, type LedgerEntry } from "../../domain/accounting/credits.js";
import { findAttempt, isTerminal, type Job } from "../../domain/job/job.js";
import { mismatch } from "../../domain/output/check.js";
import type { Violation, ViolationKind } from "../violations.js";
import { inspect } from "../world/files.js";
import type { ChaosWorld } from "../world/world.js";
import { judgeRecord } from "./bill-checks.js";

/** How long after its deadline a job may take to end: some sweeps, some tries, a pause or two. */
export const endMarginMs = 1_200_000;

/** Looks at what a world has come to when all is over, and reports what must not be. */
export function checkEnd(world: ChaosWorld, report: (violation: Violation) => void): void {
  const bills = world.vendors.bills();
  for (const job of world.database.jobs.values()) {
    const complain = (kind: ViolationKind, detail: string) => report({ kind, jobId: job.id, detail });
    checkTermination(world, job, complain);
    checkCharge(world, job, complain);
    checkFile(world, job, complain);
    const own = bills.filter((bill) => bill.jobId === job.id);
    if (own.length > world.swarm.policy.limits.maxAttempts) {
      complain("windowExceeded", `${own.length} generations were paid`);
    }
    for (const bill of own) {
      const attempt = findAttempt(job, bill.attempt);
      const problem = attempt === undefined ? null : judgeRecord(bill, attempt);
      if (problem !== null) complain("duplicatePaidStart", problem);
    }
    const told = world.inbox.messages(job.id);
    if (told.size > 1) complain("notifiedTwice", [...told].join(", "));
  }
  checkAccounts(world, report);
  checkRates(world, report);
  checkWishes(world, report);
}

type Complain = (kind: ViolationKind, detail: string) => void;

function checkTermination(world: ChaosWorld, job: Job, complain: Complain): void {
  const endedAt = world.witness.sightings.get(job.id)?.endedAt ?? null;
  if (!isTerminal(job) || endedAt === null) {
    complain("lost", `it is still ${job.status}`);
    return;
  }
  const lateMs = endedAt - job.deadlineAt;
  if (lateMs > endMarginMs) complain("lost", `it ended ${Math.round(lateMs / 1_000)} s after its deadline`);
  if (job.outbox.length > 0) complain("lost", `${job.outbox[0]?.id} was never delivered`);
  if (world.inbox.messages(job.id).size === 0) complain("lost", "its owner was never told");
}

function checkCharge(world: ChaosWorld, job: Job, complain: Complain): void {
  const lines = [...(world.database.ledgers.get(job.uid)?.values() ?? [])].filter(
    (line) => line.jobId === job.id,
  );
  const sum = (type: LedgerEntry["type"]) =>
    lines.filter((line) => line.type === type).reduce((total, line) => total + line.credits, 0);
  const captures = lines.filter((line) => line.type === "capture");
  if (captures.length > 1) complain("doubleCharge", `${captures.length} captures`);
  if (captures.length > 0 && job.status !== "completed")
    complain("doubleCharge", `charged, and ${job.status}`);
  if (sum("capture") !== job.chargedCredits) complain("doubleCharge", "charged otherwise than recorded");
  if (isTerminal(job) && sum("capture") + sum("release") !== sum("hold")) {
    complain("wrongBalance", `held ${sum("hold")}, captured ${sum("capture")}, released ${sum("release")}`);
  }
}

function checkFile(world: ChaosWorld, job: Job, complain: Complain): void {
  if (job.status !== "completed") return;
  const broken = (detail: string) => complain("completedWithoutFile", detail);
  const used = job.attempts.filter((attempt) => attempt.state === "succeeded" && !attempt.wasted);
  const [attempt] = used;
  const stored = world.files.look(job.output?.path ?? "");
  if (used.length !== 1 || attempt === undefined) {
    broken(`${used.length} attempts are the one used`);
    return;
  }
  if (stored === undefined) {
    broken("there is no file");
    return;
  }
  const { object, file } = stored;
  if (object.sha256 !== job.output?.sha256) {
    broken("it is another file than was checked");
    return;
  }
  const isOwn = Object.values(attempt.operation ?? {}).includes(file.id);
  if (!isOwn) {
    broken(`it is the file of ${file.id}`);
    return;
  }
  const inspection = inspect(file);
  const wrong = inspection.ok ? mismatch(inspection.facts, attempt.plan) : inspection.defect;
  if (wrong !== null) broken(`it is not what was asked for: ${wrong}`);
}

function checkAccounts({ database }: ChaosWorld, report: (violation: Violation) => void): void {
  for (const [uid, { credits }] of database.accounts) {
    const lines = [...(database.ledgers.get(uid)?.values() ?? [])];
    const sum = (type: LedgerEntry["type"]) =>
      lines.filter((line) => line.type === type).reduce((total, line) => total + line.credits, 0);
    const isOpen = [...database.jobs.values()].some((job) => job.uid === uid && !isTerminal(job));
    const fits =
      isBalanced(credits) &&
      credits.granted === sum("grant") &&
      credits.spent === sum("capture") &&
      credits.held === sum("hold") - sum("capture") - sum("release") &&
      (isOpen || credits.held === 0);
    if (!fits) report({ kind: "wrongBalance", jobId: uid, detail: JSON.stringify(credits) });
  }
}

/**
 * Starts are counted by the minute of the clock that wrote them. A start that was held up on its way
 * counts in a later one, so only the whole time can be judged: so many minutes, so many starts each.
 */
function checkRates({ database, swarm }: ChaosWorld, report: (violation: Violation) => void): void {
  const allowed = swarm.policy.limits.startsPerUserPerMinute;
  for (const uid of database.accounts.keys()) {
    const own = [...database.jobs.values()].filter((job) => job.uid === uid);
    const minutes = own.map((job) => Math.floor(job.createdAt / 60_000));
    const span = Math.max(...minutes) - Math.min(...minutes) + 1;
    if (own.length > allowed * span) {
      const detail = `${own.length} starts in ${span} minutes, ${allowed} a minute allowed`;
      report({ kind: "windowExceeded", jobId: uid, detail });
    }
  }
}

/** One wish of a user is one job, however often it was sent. */
function checkWishes({ database }: ChaosWorld, report: (violation: Violation) => void): void {
  const seen = new Map<string, string>();
  for (const { id, uid, request } of database.jobs.values()) {
    const wish = `${uid} ${request.requestId}`;
    const first = seen.get(wish);
    if (first !== undefined) report({ kind: "doubleCharge", jobId: id, detail: `${first} is the same wish` });
    seen.set(wish, id);
  }
}
