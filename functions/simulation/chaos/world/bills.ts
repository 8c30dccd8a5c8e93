import { type Attempt, isUnresolved, type Job } from "../../../src/domain/job/job.js";
import type { GenerationFault, PaidStart } from "../../vendors/shared/simulator.js";

/** One generation that a vendor bills, seen from outside: what our own records are compared with. */
export interface Bill {
  readonly vendor: string;
  readonly jobId: string;
  readonly attempt: number;
  readonly generation: PaidStart;
  readonly generationFault: GenerationFault["type"] | null;
  /** What was on record when the call left that the vendor bills. */
  readonly departure: Departure;
  /** Has an answer said that the generation is gone, because of a fault or after we deleted it? */
  saidGone: boolean;
  /** When the vendor was last asked about it and has answered, in whatever words; `null` for never. */
  answeredAt: number | null;
  /** How often an answer has said that the vendor does not know it. */
  denials: number;
}

/** A call may be under way for long; it cannot know what is decided meanwhile. */
export interface Departure {
  /** "gone" for a job that is not there. */
  readonly job: Job["status"] | "gone";
  readonly attempt: Attempt["state"] | "gone";
}

export function departureOf(job: Job | undefined, attempt: number): Departure {
  return { job: job?.status ?? "gone", attempt: job?.attempts[attempt - 1]?.state ?? "gone" };
}

/** The attempt behind an idempotency key, whatever suffix it has. */
export function attemptOfKey(key: string): { jobId: string; attempt: number } {
  const [, jobId = "", attempt = "0"] = /^([^:]*):a(\d+)/.exec(key) ?? [];
  return { jobId, attempt: Number(attempt) };
}

/** States in which an attempt is not over on record: its payment may still come to something. */
const open: ReadonlySet<Attempt["state"]> = new Set(["starting", "ambiguous", "running"]);

/** The job has gone on without it. */
const goneOn: ReadonlySet<Attempt["state"]> = new Set(["unanswered", "written_off", "given_up", "lost"]);

const ended: ReadonlySet<string> = new Set(["completed", "failed", "cancelled"]);

/** What is wrong with a generation at the moment in which a vendor bills it, or `null`. */
export function judgeBill(bill: Bill, job: Job | undefined, bills: readonly Bill[]): string | null {
  const attempt = job?.attempts[bill.attempt - 1];
  if (job === undefined || attempt === undefined) return "paid before it was on record";
  const { departure } = bill;
  if (departure.attempt !== "starting") {
    return `the call for attempt ${bill.attempt} left when that was ${departure.attempt}`;
  }
  if (ended.has(departure.job)) {
    return `the call for attempt ${bill.attempt} left when the job was ${departure.job}`;
  }
  const own = bills.filter((other) => other.jobId === bill.jobId);
  if (own.filter((other) => other.attempt === bill.attempt).length > 1) {
    return `attempt ${bill.attempt} is paid a second time`;
  }
  if (attempt.state === "failed")
    return `attempt ${bill.attempt} is paid although it is on record as refused`;
  if (goneOn.has(attempt.state)) return null;
  const alive = own.flatMap((other) => {
    const record = job.attempts[other.attempt - 1];
    return other !== bill && record !== undefined && open.has(record.state) ? [record] : [];
  });
  // A hedge is a second generation on purpose; there is one of it at most.
  const allowed = attempt.hedge || alive.some((other) => other.hedge) ? 1 : 0;
  if (alive.length <= allowed) return null;
  return `attempt ${bill.attempt} is paid while attempt ${alive[0]?.number} is ${alive[0]?.state}`;
}

/** What is wrong with the record of a generation that was billed, when all is over, or `null`. */
export function judgeRecord(bill: Bill, attempt: Attempt): string | null {
  const { state, acceptedAt, wasted } = attempt;
  if (state === "starting") return `attempt ${bill.attempt} was paid, and its start was never closed`;
  if (acceptedAt === null && (state === "failed" || state === "cancelled")) {
    return `attempt ${bill.attempt} was paid, and is on record as not accepted`;
  }
  // For a failed generation a vendor reports no cost and bills none.
  const hasFailed = bill.generationFault === "fail" || bill.generationFault === "moderated" || bill.saidGone;
  if (attempt.failure?.providerCode === "missing" && !bill.saidGone) {
    return `attempt ${bill.attempt} is on record as gone, and the vendor never said so`;
  }
  if (!hasFailed && !isAccountedFor(attempt))
    return `attempt ${bill.attempt} was paid, and it is ${state} without a cost`;
  if (state === "failed" && !wasted && !hasFailed) {
    return `attempt ${bill.attempt} is on record as failed, and was never reported so`;
  }
  return null;
}

/** Used, or recorded with a cost, as wasted or as unresolved, or still polled. */
function isAccountedFor(attempt: Attempt): boolean {
  const { state, wasted, costUsdMicros } = attempt;
  if (costUsdMicros !== null || wasted || isUnresolved(attempt)) return true;
  return state === "succeeded" || state === "running" || state === "given_up";
}
