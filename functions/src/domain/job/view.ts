import type { ErrorCode, PublicError } from "../errors.js";
import { microsToUsd, type UsdMicros } from "../money.js";
import type { Adjustment } from "../request/request.js";
import { shownAs } from "../selection/composite-plan.js";
import { useOf } from "./budget-lines.js";
import { isPartOfOwner } from "./composition.js";
import { actualSeconds, type Eta, etaOf } from "./eta.js";
import {
  type Attempt,
  type AttemptState,
  isTerminal,
  type Job,
  type JobStatus,
  type JobStep,
  type Output,
  type StoredPart,
} from "./job.js";
import { type Progress, progressOf } from "./progress.js";

/** What an owner may see of a job: no provider ids, keys, prompts in plans, or URLs. */
export interface JobView {
  readonly jobId: string;
  readonly status: JobStatus;
  readonly kind: string;
  readonly progress: Progress;
  readonly eta: Eta | null;
  /** From its creation to its end, to be compared with `eta`; `null` until then. */
  readonly actualSeconds: number | null;
  /** Of a job that is made of parts, in the order in which they were reached; otherwise empty. */
  readonly steps: readonly JobStep[];
  /** The parts that are stored, also when the job has failed. */
  readonly parts: readonly PartView[];
  readonly provider: string | null;
  readonly model: string | null;
  readonly adjustments: readonly Adjustment[];
  readonly attempts: readonly AttemptView[];
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly deadlineAt: number;
  readonly endedAt: number | null;
  readonly credits: { readonly held: number; readonly charged: number };
  readonly cancellation: Job["cancellation"];
  readonly output: Output | null;
  readonly error: PublicError | null;
  readonly contentDraftId: string | null;
  readonly metadata: Readonly<Record<string, string>>;
}

/** A part has no id to its owner: it is had through the whole, and its file when it is paid for. */
export interface PartView extends Pick<StoredPart, "name" | "chargedCredits"> {
  /** `null` while the part is not paid for. */
  readonly output: Output | null;
}

export interface AttemptView {
  readonly number: number;
  readonly provider: string;
  readonly model: string;
  readonly state: ShownState;
  readonly error: ErrorCode | null;
  readonly createdAt: number;
  readonly acceptedAt: number | null;
  readonly endedAt: number | null;
  /** What the provider billed, or the estimate while that is not known. */
  readonly costUsd: number;
}

/** How we came to go on without an attempt is nothing to its owner. */
type ShownState = Exclude<AttemptState, "unanswered" | "written_off" | "given_up" | "lost"> | "abandoned";

const shownStates: Readonly<Record<AttemptState, ShownState>> = {
  starting: "starting",
  ambiguous: "ambiguous",
  unanswered: "abandoned",
  written_off: "abandoned",
  running: "running",
  given_up: "abandoned",
  lost: "abandoned",
  succeeded: "succeeded",
  failed: "failed",
  cancelled: "cancelled",
};

export function toView(job: Job, now: number): JobView {
  const { composition } = job;
  const current = currentAttempt(job) ?? composedAs(job);
  return {
    jobId: job.id,
    status: job.status,
    kind: job.request.kind,
    progress: progressOf(job, now),
    eta: etaOf(job, now),
    actualSeconds: actualSeconds(job),
    steps: composition?.steps ?? [],
    parts: (composition?.parts ?? []).map((part) => toPartView(job, part)),
    provider: current?.provider ?? null,
    model: current?.model ?? null,
    adjustments: current?.adjustments ?? [],
    attempts: job.attempts.map(toAttemptView),
    createdAt: job.createdAt,
    updatedAt: job.updatedAt,
    deadlineAt: job.deadlineAt,
    endedAt: job.endedAt,
    credits: { held: job.heldCredits, charged: job.chargedCredits },
    cancellation: job.cancellation,
    output: job.output,
    error: job.error,
    contentDraftId: job.request.contentDraftId ?? null,
    metadata: job.request.metadata ?? {},
  };
}

function toPartView(whole: Job, part: StoredPart): PartView {
  const { name, chargedCredits, output } = part;
  return { name, chargedCredits, output: isPartOfOwner(whole, part) ? output : null };
}

export function toAttemptView(attempt: Attempt): AttemptView {
  return {
    number: attempt.number,
    provider: attempt.provider,
    model: attempt.model,
    state: shownStates[attempt.state],
    error: attempt.failure?.code ?? null,
    createdAt: attempt.createdAt,
    acceptedAt: attempt.acceptedAt,
    endedAt: attempt.endedAt,
    costUsd: microsToUsd(attempt.costUsdMicros ?? attempt.estimatedCostUsdMicros),
  };
}

/** The attempt that made the video, or the one at work. */
function currentAttempt(job: Job): Attempt | undefined {
  const succeeded = job.attempts.find((attempt) => attempt.state === "succeeded" && !attempt.wasted);
  if (succeeded !== undefined) return succeeded;
  return isTerminal(job) ? job.attempts.at(-1) : job.attempts.find((attempt) => attempt.state === "running");
}

/** What stands in the place of provider and model where there are parts. */
function composedAs({ composition }: Job) {
  const { plan, estimate } = composition ?? {};
  if (plan === undefined || estimate === undefined) return undefined;
  return { ...shownAs[plan.type], adjustments: estimate.adjustments };
}

/**
 * What the whole job cost us at providers so far, as budgets count it: bills, and estimates while
 * there are none, also of starts that may have been paid.
 */
export function providerCostUsdMicros(job: Job): UsdMicros {
  const { costUsdMicros, estimate } = job.composition ?? {};
  return totalOf(job.attempts) + (costUsdMicros ?? estimate?.costUsdMicros ?? 0);
}

/** The part of it that no provider has confirmed: estimates of starts without an answer. */
export function unconfirmedCostUsdMicros(job: Job): UsdMicros {
  return totalOf(
    job.attempts.filter(({ operation, costUsdMicros }) => operation === null && costUsdMicros === null),
  );
}

function totalOf(attempts: readonly Attempt[]): UsdMicros {
  return attempts.reduce((sum, attempt) => sum + useOf(attempt).usdMicros, 0);
}
