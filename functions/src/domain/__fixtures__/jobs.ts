import { errorPolicy } from "../errors.js";
import type { JobEvent, NewAttempt, Resolution, Transition } from "../job/event.js";
import type { Attempt, Job, Output, StoreObstacle } from "../job/job.js";
import { newJob } from "../job/new-job.js";
import { transition } from "../job/transition.js";
import type { Policy } from "../policy/policy.js";
import type { CancelRefund, EndedStatus } from "../provider/provider.js";
import { plainPrices } from "./policies.js";
import { exampleSelection } from "./selections.js";

export const startedAt = Date.UTC(2026, 10, 21, 12);
export const jobId = "0123456789abcdef01234567";

const order = {
  request: exampleSelection.request,
  price: { credits: 10, seconds: 5, imageCredits: 0, usdPerCredit: 0.05 },
};

/** A job as it is first written: 5 s of standard quality, 10 credits held. */
export function exampleJob(policy: Policy = plainPrices): Job {
  return newJob(jobId, { uid: "owner-1", tier: "free" }, order, policy, startedAt);
}

/** The next attempt of a job, as a decision makes it. */
export function nextAttempt(number: number, changes: Partial<NewAttempt> = {}): NewAttempt {
  const { plan, record } = exampleSelection;
  return {
    number,
    provider: "acme",
    model: `acme:clip-${number}`,
    idempotencyKey: `${jobId}:a${number}`,
    plan,
    adjustments: [],
    decision: record,
    typical: { p50Seconds: 60, p90Seconds: 120 },
    estimatedCostUsdMicros: 250_000,
    hedge: false,
    ...changes,
  };
}

export const exampleOutput: Output = {
  medium: "video",
  path: `videos/owner-1/${jobId}.mp4`,
  contentType: "video/mp4",
  bytes: 1_000,
  sha256: "0".repeat(64),
  width: 1280,
  height: 720,
  durationSeconds: 5,
  codec: "avc",
  hasAudio: false,
  thumbnailPath: null,
};

/** Events with their usual contents, so that a test states only what it is about. */
export const event = {
  claim: (number: number, changes: Partial<NewAttempt> = {}, leaseUntil = startedAt + 30_000): JobEvent => ({
    type: "start_claimed",
    attempt: nextAttempt(number, changes),
    leaseUntil,
  }),
  resent: (attempt: number, leaseUntil: number): JobEvent => ({ type: "start_resent", attempt, leaseUntil }),
  accepted: (attempt: number): JobEvent => ({
    type: "start_accepted",
    attempt,
    operation: { taskId: `secret-task-${attempt}` },
  }),
  refused: (attempt: number, code: NonNullable<Attempt["failure"]>["code"] = "server_error"): JobEvent => ({
    type: "start_refused",
    attempt,
    failure: { code },
  }),
  unanswered: (attempt: number, resendable = false): JobEvent => ({
    type: "start_unanswered",
    attempt,
    resendable,
  }),
  withheld: (attempt: number, send = 1): JobEvent => ({ type: "start_withheld", attempt, send }),
  ambiguityExpired: (attempt: number): JobEvent => ({ type: "ambiguity_expired", attempt }),
  resolved: (attempt: number, resolution: Resolution): JobEvent => ({
    type: "ambiguity_resolved",
    attempt,
    resolution,
  }),
  postponed: (until: number): JobEvent => ({ type: "start_postponed", until }),
  impossible: (): JobEvent => ({ type: "start_impossible" }),
  succeeded: (attempt: number, costUsdMicros?: number): JobEvent => ({
    type: "operation_ended",
    attempt,
    status: {
      status: "succeeded",
      outputUrl: "https://files.example.test/secret.mp4",
      ...(costUsdMicros === undefined ? {} : { costUsdMicros }),
    },
  }),
  failed: (
    attempt: number,
    code: NonNullable<Attempt["failure"]>["code"] = "processing_failed",
    costUsdMicros?: number,
  ): JobEvent => ({
    type: "operation_ended",
    attempt,
    status: {
      status: "failed",
      failure: { code },
      ...(costUsdMicros === undefined ? {} : { costUsdMicros }),
    },
  }),
  ended: (attempt: number, status: "cancelled" | "missing"): JobEvent => ({
    type: "operation_ended",
    attempt,
    status: { status },
  }),
  timedOut: (attempt: number): JobEvent => ({ type: "attempt_timed_out", attempt }),
  deadline: (): JobEvent => ({ type: "deadline_passed" }),
  stored: (attempt: number, credits = 10): JobEvent => ({
    type: "stored",
    attempt,
    output: exampleOutput,
    credits,
  }),
  storeFailed: (
    attempt: number,
    retry: boolean,
    code: NonNullable<Attempt["failure"]>["code"] = "bad_output",
  ): JobEvent => ({
    type: "store_failed",
    attempt,
    code,
    obstacle: retry ? retriedObstacle(code) : "bad_file",
  }),
  cancel: (): JobEvent => ({ type: "cancel_requested", by: "owner" }),
  cancelAnswered: (attempt: number, confirmed: boolean, refund: CancelRefund = "unknown"): JobEvent => ({
    type: "cancel_answered",
    attempt,
    result: { status: confirmed ? "confirmed" : "unconfirmed" },
    refund,
  }),
  cancelledTooLate: (attempt: number, ended: EndedStatus): JobEvent => ({
    type: "cancel_answered",
    attempt,
    result: { status: "already_ended", ended },
    refund: "unknown",
  }),
  lateResultDue: (attempt: number): JobEvent => ({ type: "late_result_due", attempt }),
  delivered: (ids: readonly string[]): JobEvent => ({ type: "effects_delivered", ids }),
};

/** What another try may overcome, by what is told of it. */
function retriedObstacle(code: NonNullable<Attempt["failure"]>["code"]): StoreObstacle {
  return errorPolicy(code).fault === "system" ? "own_trouble" : "doubtful_file";
}

/** Epoch milliseconds of a second after the start. */
export function seconds(count: number): number {
  return startedAt + count * 1_000;
}

/** Runs events at given seconds; every one must count. Returns the last step. */
export function run(
  job: Job,
  ...events: readonly (readonly [atSecond: number, event: JobEvent])[]
): Transition {
  let last: Transition = { job, ledger: [], observations: [] };
  for (const [at, happening] of events) {
    const step = transition(last.job, happening, seconds(at), plainPrices);
    if (step === null) throw new Error(`${happening.type} was absorbed`);
    last = step;
  }
  return last;
}

/** The events of a first attempt that a provider has taken on. */
export const accepted = [
  [1, event.claim(1)],
  [2, event.accepted(1)],
] as const;
