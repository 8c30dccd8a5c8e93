import type { Mishap, PaidStart } from "../../providers/shared/simulator.js";

/** One generation that a vendor bills, seen from outside: what our own records are compared with. */
export interface Bill {
  readonly vendor: string;
  readonly jobId: string;
  readonly attempt: number;
  readonly generation: PaidStart;
  readonly mishap: Mishap["type"] | null;
  /** Could the vendor be taken to have said that it is gone, because of a lie or since we had it deleted? */
  saidGone: boolean;
}

/** The attempt behind an idempotency key, whatever was hung onto it. */
export function attemptOfKey(key: string): { jobId: string; attempt: number } {
  const [, jobId = "", attempt = "0"] = /^([^:]*):a(\d+)/.exec(key) ?? [];
  return { jobId, attempt: Number(attempt) };
}
