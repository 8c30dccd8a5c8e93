import { type Batch, withItems } from "../../../src/domain/batch/batch.js";
import { storedVideos } from "../../../src/domain/job/composition.js";
import {
  type Attempt,
  findAttempt,
  isTerminal,
  type Job,
  type Output,
  watchedAttempts,
} from "../../../src/domain/job/job.js";
import { askedOf, mismatch, pictureMismatch, wrongLength } from "../../../src/domain/output/check.js";
import { defaultPolicy } from "../../../src/domain/policy/policy.js";
import { type CompositePlan, partNames } from "../../../src/domain/selection/composite-plan.js";
import { secondsOf } from "../../../src/engine/store/assemble.js";
import { inspectSimulated } from "../../kit/described-files.js";
import type { SimulatedFile } from "../../vendors/shared/simulator.js";
import type { Report, ViolationKind } from "../record.js";
import type { Swarm } from "../swarm.js";
import { type Bill, judgeRecord } from "../world/bills.js";
import { joined } from "../world/files.js";
import type { ChaosWorld } from "../world/world.js";
import {
  checkAccounts,
  checkBudgets,
  checkCharge,
  checkDelivery,
  checkRates,
  checkRequests,
} from "./account-checks.js";

/** As long as one run of the sweeper may take, and the minute until the next. */
const sweepMs = 600_000;
/** The calls of that sweep take time as well: its process may be paused more than once. */
const sweepCallsMs = 300_000;

/**
 * How long after its deadline a job may take to end. One sweep runs at a time, and it may hang on others'
 * jobs until it is stopped. Where downloads are slow, which the sweeper makes itself, the next one may
 * hang as well, and may have met a fault at this job before.
 */
export function endMarginMs({ rates }: Swarm): number {
  return (rates.downloadSlow > 0 ? 2 : 1) * sweepMs + sweepCallsMs;
}
/**
 * A deadline does not stop the storing of a file that is paid for, and one try of it may take half an
 * hour. So long may a job be storing after its deadline, that is for two such tries.
 */
export const storeMarginMs = 3_600_000;

/** Checks a world after its history, and reports every violation. */
export function checkEnd(world: ChaosWorld, report: Report): void {
  const bills = world.vendors.bills();
  for (const job of world.database.jobs.values()) {
    const reportProblem = (kind: ViolationKind, detail: string) => report({ kind, jobId: job.id, detail });
    checkTermination(world, job, reportProblem);
    checkCharge(world, job, reportProblem);
    checkDelivery(world, job, reportProblem);
    const problem = job.status === "completed" ? fileProblem(world, job) : null;
    if (problem !== null) reportProblem("completedWithoutFile", problem);
    const own = bills.filter((bill) => bill.jobId === job.id);
    if (own.length > world.swarm.policy.limits.maxAttempts) {
      reportProblem("windowExceeded", `${own.length} generations were paid`);
    }
    if (job.attempts.filter((attempt) => attempt.hedge).length > 1) {
      reportProblem("windowExceeded", "it was hedged twice");
    }
    for (const bill of own) {
      const attempt = findAttempt(job, bill.attempt);
      const wrong = attempt === undefined ? null : judgeRecord(bill, attempt);
      if (wrong !== null) reportProblem("duplicatePaidStart", wrong);
      const unread = attempt === undefined ? null : unreadProblem(world, bill, attempt);
      if (unread !== null) reportProblem("paidUnread", unread);
    }
  }
  checkBatches(world, report);
  checkAccounts(world, report);
  checkBudgets(world, report);
  checkRates(world, report);
  checkRequests(world, report);
}

/** Without tasks late results are asked for every quarter of an hour, and a look or two may meet a fault. */
const lateReadMs = 2_700_000;

/** What was never read although it has been finished for long, and although its operation is known. */
function unreadProblem(world: ChaosWorld, bill: Bill, { state, endedAt, operation }: Attempt): string | null {
  if (operation === null || !["running", "given_up", "lost"].includes(state)) return null;
  const until = state === "lost" ? (endedAt ?? world.time.now()) : world.time.now();
  const finishedAt = world.vendors.finishedAt(bill);
  // Its answer may have been one that nobody understands: then it was asked for, and that is on record.
  if (bill.answeredAt !== null && bill.answeredAt >= finishedAt) return null;
  const waitedMs = until - finishedAt;
  if (waitedMs <= lateReadMs + endMarginMs(world.swarm)) return null;
  return `attempt ${bill.attempt} is ${state}, and has been finished for ${Math.round(waitedMs / 1_000)} s`;
}

type ReportProblem = (kind: ViolationKind, detail: string) => void;

function checkTermination(world: ChaosWorld, job: Job, reportProblem: ReportProblem): void {
  const times = world.observer.jobTimes.get(job.id);
  if (!isTerminal(job) || times?.endedAt == null) {
    reportProblem("lost", `it is still ${job.status}`);
    return;
  }
  const storedUntil = Math.max(job.deadlineAt, times.leftStoringAt ?? 0);
  const isLate =
    times.endedAt > storedUntil + endMarginMs(world.swarm) || storedUntil > job.deadlineAt + storeMarginMs;
  const lateSeconds = Math.round((times.endedAt - job.deadlineAt) / 1_000);
  if (isLate) reportProblem("lost", `it ended ${lateSeconds} s after its deadline`);
  if (job.outbox.length > 0) reportProblem("lost", `${job.outbox[0]?.id} was never delivered`);
  const unstopped = watchedAttempts(job).find(({ cancelRefund }) => cancelRefund === undefined);
  if (unstopped !== undefined) reportProblem("lost", `attempt ${unstopped.number} was never asked to stop`);
  const told = world.inbox.messages(job.id);
  // Owners are not told of the end of a part.
  const most = job.partOf === undefined ? 1 : 0;
  if (told.size < most) reportProblem("lost", "its owner was never told");
  if (told.size > most) reportProblem("notifiedTwice", [...told].join(", "));
}

/** The document of a batch must agree with its jobs. */
function checkBatches({ database }: ChaosWorld, report: Report): void {
  for (const batch of database.batches.values()) {
    const own = [...database.jobs.values()].filter((job) => job.batch?.batchId === batch.id);
    const problem = batchProblem(batch, own);
    if (problem !== null) report({ kind: "lost", jobId: batch.id, detail: `batch: ${problem}` });
  }
}

function batchProblem(batch: Batch, jobs: readonly Job[]): string | null {
  if (batch.endedAt === null || batch.status === "running") return "it is still running";
  for (const [key, item] of Object.entries(batch.items)) {
    const tries = jobs.filter((job) => job.batch?.key === key);
    const latest = Math.max(...tries.map((job) => job.batch?.number ?? 0));
    const job = tries.find(({ id }) => id === item.jobId);
    if (item.tries !== latest) return `${key} is at try ${item.tries} of ${latest}`;
    if (job === undefined || job.status !== item.status)
      return `${key} is ${item.status}, not ${job?.status}`;
    if ((job.error?.code ?? null) !== item.errorCode) return `${key} has failed by something else`;
  }
  const { counts, status } = withItems(batch.items, batch.updatedAt);
  const isCounted = JSON.stringify([counts, status]) === JSON.stringify([batch.counts, batch.status]);
  return isCounted ? null : `it is ${batch.status} with ${JSON.stringify(batch.counts)}`;
}

/** What is wrong with the file of a completed job, or `null`. */
function fileProblem(world: ChaosWorld, job: Job): string | null {
  const { output, composition } = job;
  const stored = world.files.look(output?.path ?? "");
  const whole = job.partOf === undefined ? undefined : world.database.jobs.get(job.partOf.jobId);
  if (job.request.kind === "still" && whole?.status === "cancelled") {
    return stored === undefined ? null : "anybody can open the picture of a cancelled scene";
  }
  if (output === null || stored === undefined) return "there is no file";
  if (stored.object.sha256 !== output.sha256) return "it is another file than was checked";
  if (composition !== undefined) return wholeProblem(world, job, output, stored);
  const used = job.attempts.filter((attempt) => attempt.state === "succeeded" && !attempt.wasted);
  const [attempt] = used;
  if (used.length !== 1 || attempt === undefined) return `${used.length} attempts are the one used`;
  const { file } = stored;
  if (file === undefined) return "it is no file of a vendor";
  const isOwn = Object.values(attempt.operation ?? {}).includes(file.id);
  return isOwn ? contentProblem(file, job, output, attempt) : `it is the file of ${file.id}`;
}

type StoredFile = NonNullable<ReturnType<ChaosWorld["files"]["look"]>>;

function wholeProblem(
  world: ChaosWorld,
  job: Job,
  { medium }: Output,
  { file, text }: StoredFile,
): string | null {
  const plan = job.composition?.plan;
  if (plan === undefined) return "nobody has planned its parts";
  if (job.attempts.length > 0) return "it has attempts of its own";
  if (medium === "playlist") return listProblem(world, job, plan, text);
  if (file === undefined) return "it is no file of a vendor";
  const parts = partFiles(world, job, plan);
  if (parts.length === 0) return "no part has a file";
  const whole = parts.length > 1 ? joined(parts) : parts[0];
  if (file.id !== whole?.id) return `it is made of ${file.id} instead of ${whole?.id}`;
  const inspection = inspectSimulated(file);
  const wrong = inspection.ok
    ? wrongLength(inspection.facts, secondsOf(storedVideos(job, plan)))
    : inspection.defect;
  return wrong === null ? null : `it is not what was asked for: ${wrong}`;
}

const { pixelTolerance } = defaultPolicy.output;

function contentProblem(
  file: SimulatedFile,
  { request }: Job,
  { medium }: Output,
  { plan }: Attempt,
): string | null {
  if (medium === "image")
    return isSound(file) ? pictureMismatch(file, plan, pixelTolerance) : "the picture is damaged";
  const inspection = inspectSimulated(file);
  const asked = askedOf(request, defaultPolicy);
  const wrong = inspection.ok ? mismatch(inspection.facts, plan, pixelTolerance, asked) : inspection.defect;
  return wrong === null ? null : `it is not what was asked for: ${wrong}`;
}

function isSound({ medium, defect }: SimulatedFile): boolean {
  return medium === "image" && defect === undefined;
}

/** The files of the parts as they lie in the bucket, in their order. */
function partFiles(world: ChaosWorld, job: Job, plan: CompositePlan): SimulatedFile[] {
  return storedVideos(job, plan).flatMap(({ output }) => {
    const stored = world.files.look(output.path);
    return stored?.file === undefined || stored.object.sha256 !== output.sha256 ? [] : [stored.file];
  });
}

function listProblem(world: ChaosWorld, job: Job, plan: CompositePlan, text: string): string | null {
  const wanted = partNames(plan).length;
  const found = partFiles(world, job, plan).length;
  if (found !== wanted) return `it lists ${wanted} segments, ${found} of them are there`;
  const missing = storedVideos(job, plan).find(({ output }) => !text.includes(output.path));
  return missing === undefined ? null : `it does not list ${missing.name}`;
}
