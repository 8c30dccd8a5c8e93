import { isBalanced } from "../../../src/domain/accounting/credits.js";
import { type Attempt, isTerminal, type Job } from "../../../src/domain/job/job.js";
import type { BatchStore } from "../../../src/engine/ports/batch-store.js";
import type { JobStore } from "../../../src/engine/ports/job-store.js";
import type { Notifier } from "../../../src/engine/ports/notifier.js";
import type { Chance } from "../../kit/chance.js";
import type { VirtualTime } from "../../kit/virtual-time.js";
import { memoryBatchStore } from "../../memory/memory-batch-store.js";
import type { MemoryDatabase } from "../../memory/memory-database.js";
import { memoryJobStore } from "../../memory/memory-job-store.js";
import type { EventLog, Violation } from "../record.js";

/** When things happened to one job, seen from outside at every commit. */
interface JobTimes {
  /** True time, not the clock of the instance that wrote it. */
  readonly createdAt: number;
  endedAt: number | null;
  /** When it last left the status `storing`; `null` for never. */
  leftStoringAt: number | null;
}

export interface Observer {
  readonly jobs: JobStore;
  readonly batches: BatchStore;
  readonly jobTimes: ReadonlyMap<string, JobTimes>;
}

export function createObserver(options: {
  database: MemoryDatabase;
  time: VirtualTime;
  chance: Chance;
  eventLog: EventLog;
  /** How often somebody else's commit comes in between. */
  contention: () => number;
  /** The process whose call it is. */
  currentProcess: () => string | null;
  /** Are all clocks right? Where they are not, leases end early or late. */
  areClocksRight: boolean;
  report(violation: Violation): void;
}): Observer {
  const { database, time, chance, eventLog, contention, currentProcess, areClocksRight, report } = options;
  const store = memoryJobStore(database);
  const batches = memoryBatchStore(database);
  const jobTimes = new Map<string, JobTimes>();

  const refused = new Set<string>();

  /** Who is making the call of an attempt, by its key. */
  const callers = new Map<string, string | null>();

  function see(before: Job, after: Job, by: string | null): void {
    eventLog.note(`job ${after.id} v${after.version} ${before.status} > ${after.status}`);
    const problem = changeAfterEnd(before, after);
    if (problem !== null) report({ kind: "terminalChanged", jobId: after.id, detail: problem });
    if (after.attempts.length > before.attempts.length && refused.has(after.id)) {
      const detail = "it wanders on although its content or its request was refused";
      report({ kind: "duplicatePaidStart", jobId: after.id, detail });
    }
    for (const attempt of after.attempts) {
      const earlier = before.attempts[attempt.number - 1];
      if (earlier !== undefined && isSameStart(earlier, attempt)) continue;
      if (isRefused(earlier, attempt, after)) refused.add(after.id);
      const key = attempt.idempotencyKey;
      // An administrator has looked the start up and need not wait for its lease.
      const mayBeEarly = callers.get(key) === by || by?.startsWith("administrator") === true;
      const isTooEarly = areClocksRight && !mayBeEarly && isTakenEarly(earlier, attempt, time.now());
      if (isTooEarly) {
        const detail = `attempt ${attempt.number} is taken over while its lease runs`;
        report({ kind: "duplicatePaidStart", jobId: after.id, detail });
      }
      if (attempt.sends !== earlier?.sends) callers.set(key, by);
    }
    const times = jobTimes.get(after.id);
    if (times === undefined) return;
    if (before.status === "storing" && after.status !== "storing") times.leftStoringAt = time.now();
    if (isTerminal(after)) times.endedAt ??= time.now();
  }

  function recordNew(jobId: string): void {
    jobTimes.set(jobId, { createdAt: time.now(), endedAt: null, leftStoringAt: null });
    eventLog.note(`job ${jobId} created`);
  }

  function checkAccount(uid: string, jobId: string): void {
    const credits = database.accounts.get(uid)?.credits;
    if (credits === undefined || isBalanced(credits)) return;
    report({ kind: "wrongBalance", jobId, detail: JSON.stringify(credits) });
  }

  return {
    jobTimes,
    jobs: {
      ...store,
      create(job, ...rest) {
        const isNew = !database.jobs.has(job.id);
        const created = store.create(job, ...rest);
        if (isNew && database.jobs.has(job.id)) recordNew(job.id);
        checkAccount(job.uid, job.id);
        return created;
      },
      async update(jobId, decide) {
        const by = currentProcess();
        const found = database.jobs.get(jobId);
        if (found !== undefined && chance.happens(contention())) {
          decide(found);
          await time.sleep(chance.between(1, 400));
        }
        const before = database.jobs.get(jobId);
        // The store below is synchronous, so nothing comes in between.
        const updated = store.update(jobId, decide);
        const after = database.jobs.get(jobId);
        if (before !== undefined && after !== undefined && after !== before) {
          see(before, after, by);
          checkAccount(after.uid, jobId);
        }
        return updated;
      },
    },
    batches: {
      ...batches,
      create(batch, starts, ...rest) {
        const isNew = !database.batches.has(batch.id);
        const created = batches.create(batch, starts, ...rest);
        if (isNew && database.batches.has(batch.id)) for (const { job } of starts) recordNew(job.id);
        checkAccount(batch.uid, batch.id);
        return created;
      },
      async update(batchId, decide) {
        if (chance.happens(contention())) {
          const found = database.batches.get(batchId);
          if (found !== undefined) decide(found);
          await time.sleep(chance.between(1, 400));
        }
        return batches.update(batchId, decide);
      },
    },
  };
}

/** Other providers would refuse it as well, or should. */
const finalRefusals: ReadonlySet<string> = new Set(["content_blocked", "invalid_request"]);

/** Does this refusal end the job? Not when the attempt was abandoned, or another one is running. */
function isRefused(before: Attempt | undefined, { state, failure }: Attempt, job: Job): boolean {
  if (before?.state === "given_up" || before?.state === "unanswered" || state !== "failed") return false;
  const isAlone = !job.attempts.some((attempt) => attempt.state === "running");
  return isAlone && finalRefusals.has(failure?.code ?? "");
}

function isSameStart(before: Attempt, after: Attempt): boolean {
  return (
    before.state === after.state && before.sends === after.sends && before.leaseUntil === after.leaseUntil
  );
}

/** Was a start taken over while its lease still ran? */
function isTakenEarly(before: Attempt | undefined, after: Attempt, now: number): boolean {
  if (before === undefined || now >= before.leaseUntil) return false;
  if (before.state === "starting") {
    const isCutShort = after.state === "starting" && after.leaseUntil < before.leaseUntil;
    return isCutShort || after.state === "ambiguous" || after.sends > before.sends;
  }
  return before.state === "ambiguous" && (after.state === "unanswered" || after.state === "written_off");
}

function changeAfterEnd(before: Job, after: Job): string | null {
  if (!isTerminal(before)) return null;
  if (after.status !== before.status) return `${before.status} became ${after.status}`;
  if (after.endedAt !== before.endedAt) return "it ended a second time";
  // A job that was stopped holds what a provider may keep until that is known.
  const mayBeSettled = before.cancellation !== null && before.heldCredits > 0;
  const isCharged = after.chargedCredits !== before.chargedCredits;
  if (isCharged && !(mayBeSettled && after.heldCredits === 0)) return "it was charged after its end";
  return after.output?.sha256 === before.output?.sha256 ? null : "its file was changed after its end";
}

/** What owners were told, by job; the same message twice counts once. */
export interface Inbox extends Notifier {
  messages(jobId: string): ReadonlySet<string>;
}

const none: ReadonlySet<string> = new Set();

export function createInbox(): Inbox {
  const messages = new Map<string, Set<string>>();
  return {
    async jobEnded(job) {
      const told = messages.get(job.id) ?? new Set();
      told.add(`${job.status} ${job.error?.code ?? ""}`);
      messages.set(job.id, told);
    },
    messages: (jobId) => messages.get(jobId) ?? none,
  };
}
