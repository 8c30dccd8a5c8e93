import {
  addUse,
  type BudgetScope,
  type BudgetUse,
  budgetUnits,
  limitOf,
  noUse,
  scopeName,
} from "../../../src/domain/accounting/budget.js";
import { isBalanced, type LedgerEntry } from "../../../src/domain/accounting/credits.js";
import { utcDay } from "../../../src/domain/day.js";
import { useOf, useOfWhole } from "../../../src/domain/job/budget-lines.js";
import { type Attempt, isTerminal, type Job, openStart } from "../../../src/domain/job/job.js";
import { toView } from "../../../src/domain/job/view.js";
import { budgetUse } from "../../memory/memory-database.js";
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
  const kept = job.cancellation?.chargedCredits ?? 0;
  if (job.status !== "completed" && sumOf(ends, "capture") !== kept)
    reportProblem("doubleCharge", `charged, and ${job.status}`);
  // Only a start of which nobody knows yet whether it was paid may outlive its job's end.
  if (isTerminal(job) && job.heldCredits > 0 && openStart(job) === undefined)
    reportProblem("wrongBalance", `it has ended and still holds ${job.heldCredits}`);
  if (captured !== job.chargedCredits) reportProblem("doubleCharge", "charged otherwise than recorded");
  const held = sumOf(lines, "hold");
  if (captured > held) reportProblem("doubleCharge", `${captured} captured of ${held}`);
  if (isTerminal(job) && captured + job.heldCredits + sumOf(lines, "release") !== held) {
    reportProblem("wrongBalance", `held ${held}, captured ${captured}, released ${sumOf(lines, "release")}`);
  }
}

/**
 * An owner gets a link to the file of a completed job, and to the file of a part by what is shown of the
 * whole: both only of what was charged, here or in the try that it was made in.
 */
export function checkDelivery({ database }: ChaosWorld, job: Job, reportProblem: ReportProblem): void {
  if (job.partOf !== undefined) return;
  const tries = triesOf(database.jobs, job);
  const charged = tries.reduce((total, { chargedCredits }) => total + chargedCredits, 0);
  if (job.output !== null && charged === 0) reportProblem("deliveredUnpaid", `its file, ${job.status}`);
  const shown = toView(job, job.updatedAt).parts;
  for (const { name, output } of job.composition?.parts ?? []) {
    const isCharged = tries.some(({ composition }) =>
      composition?.parts.some((part) => part.name === name && part.chargedCredits > 0),
    );
    const isShown = shown.find((part) => part.name === name)?.output != null;
    const hasLink = isShown || (output.publicUrl !== undefined && output.publicUrl !== null);
    if (hasLink && job.status !== "completed" && !isCharged) {
      reportProblem("deliveredUnpaid", `the part ${name}, ${job.status}`);
    }
  }
}

/** A job and those that it took over from. */
function triesOf(jobs: ReadonlyMap<string, Job>, job: Job): Job[] {
  const earlier = job.redriveOf === undefined ? undefined : jobs.get(job.redriveOf);
  return earlier === undefined ? [job] : [job, ...triesOf(jobs, earlier)];
}

export function checkAccounts({ database }: ChaosWorld, report: Report): void {
  for (const [uid, { credits }] of database.accounts) {
    const lines = [...(database.ledgers.get(uid)?.values() ?? [])];
    const isOpen = [...database.jobs.values()].some(
      (job) => job.uid === uid && (!isTerminal(job) || job.heldCredits > 0),
    );
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

/** What a budget of a day should come to. */
interface Sum {
  readonly scope: BudgetScope;
  readonly day: string;
  readonly use: BudgetUse;
  /** What attempts cost above their listed price: a budget may exceed its limit by that. */
  readonly dearerUsdMicros: number;
}

/** The use of every day is the sum over what was counted in it, and within its limit. */
export function checkBudgets({ database, swarm }: ChaosWorld, report: Report): void {
  const sums = sumUp([...database.jobs.values()]);
  let [expected, found] = [noUse, noUse];
  for (const sum of sums.values()) {
    const used = budgetUse(database, sum.day, sum.scope);
    expected = addUse(expected, sum.use);
    const where = `${scopeName(sum.scope)} on ${sum.day}`;
    if (!isSame(used, sum.use)) {
      const detail = `${where} has used ${JSON.stringify(used)}, and its attempts ${JSON.stringify(sum.use)}`;
      report({ kind: "wrongBalance", jobId: "", detail });
    }
    const limit = limitOf(sum.scope, swarm.policy);
    for (const unit of budgetUnits) {
      const most =
        (limit?.[unit] ?? Number.POSITIVE_INFINITY) + (unit === "usdMicros" ? sum.dearerUsdMicros : 0);
      if (used[unit] <= most) continue;
      const detail = `${where} has used ${used[unit]} ${unit} of ${most}`;
      report({ kind: "windowExceeded", jobId: "", detail });
    }
  }
  for (const use of database.budgets.values()) found = addUse(found, use);
  if (!isSame(found, expected)) {
    const detail = `budgets hold ${JSON.stringify(found)}, of which ${JSON.stringify(expected)} is explained`;
    report({ kind: "wrongBalance", jobId: "", detail });
  }
}

function sumUp(jobs: readonly Job[]): ReadonlyMap<string, Sum> {
  const sums = new Map<string, Sum>();
  const count = (scope: BudgetScope, at: number, use: BudgetUse, dearerUsdMicros: number) => {
    const day = utcDay(at);
    const key = `${day} ${scopeName(scope)}`;
    const before = sums.get(key) ?? { use: noUse, dearerUsdMicros: 0 };
    const dearer = before.dearerUsdMicros + dearerUsdMicros;
    sums.set(key, { scope, day, use: addUse(before.use, use), dearerUsdMicros: dearer });
  };
  for (const job of jobs) {
    for (const attempt of job.attempts) {
      const use = wasNeverBegun(attempt) ? noUse : useOf(attempt);
      const dearer = Math.max(0, use.usdMicros - attempt.listedCostUsdMicros);
      for (const scope of attempt.budgets ?? []) count(scope, attempt.createdAt, use, dearer);
    }
    const whole = useOfWhole(job);
    const parts = Math.max(0, whole.usdMicros - (job.composition?.estimate?.costUsdMicros ?? 0));
    for (const scope of job.composition?.budgets ?? [])
      count(scope, job.composition?.estimate?.plannedAt ?? job.createdAt, whole, parts);
    if (job.countsCredits !== true) continue;
    const credits = job.heldCredits + job.chargedCredits;
    count({ type: "user", id: job.uid }, job.createdAt, { ...noUse, credits }, 0);
  }
  return sums;
}

/** Nothing was started, so nothing of it may stay reserved. */
function wasNeverBegun({ state, operation }: Attempt): boolean {
  return operation === null && (state === "failed" || state === "cancelled");
}

function isSame(a: BudgetUse, b: BudgetUse): boolean {
  return budgetUnits.every((unit) => Math.abs(a[unit] - b[unit]) < 1e-6);
}
