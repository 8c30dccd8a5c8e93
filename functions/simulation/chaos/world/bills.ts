import type { Attempt, Job } from "../../../src/domain/job/job.js";
import type { Mishap, PaidStart } from "../../vendors/shared/simulator.js";

/** One generation that a vendor bills, seen from outside: what our own records are compared with. */
export interface Bill {
  readonly vendor: string;
  readonly jobId: string;
  readonly attempt: number;
  readonly generation: PaidStart;
  readonly mishap: Mishap["type"] | null;
  /** What was on record when the call left that the vendor bills. */
  readonly departure: Departure;
  /** Could the vendor be taken to have said that it is gone, because of a lie or since we had it deleted? */
  saidGone: boolean;
}

/** A call may be long on its way; what is decided meanwhile it cannot know. */
export interface Departure {
  /** "gone" for a job that is not there. */
  readonly job: Job["status"] | "gone";
  readonly attempt: Attempt["state"] | "gone";
}

export function departureOf(job: Job | undefined, attempt: number): Departure {
  return { job: job?.status ?? "gone", attempt: job?.attempts[attempt - 1]?.state ?? "gone" };
}

/** The attempt behind an idempotency key, whatever was hung onto it. */
export function attemptOfKey(key: string): { jobId: string; attempt: number } {
  const [, jobId = "", attempt = "0"] = /^([^:]*):a(\d+)/.exec(key) ?? [];
  return { jobId, attempt: Number(attempt) };
}
