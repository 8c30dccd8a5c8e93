import { RequestError, UnreachableError } from "../../domain/errors.js";
import type { Resolution } from "../../domain/job/event.js";
import { type Attempt, findAttempt, isUnresolved, type Job } from "../../domain/job/job.js";
import { microsToUsd } from "../../domain/money.js";
import type { Operation, VideoProvider } from "../../domain/provider/provider.js";
import type { Deps } from "../deps.js";
import { apply } from "../outbox.js";
import { audit } from "./audit.js";

/** A start that was never answered, as an administrator needs it to look it up at the provider. */
export interface UnresolvedStart {
  readonly jobId: string;
  readonly uid: string;
  readonly jobStatus: Job["status"];
  readonly attempt: number;
  readonly provider: string;
  readonly model: string;
  readonly state: Attempt["state"];
  readonly startedAt: number;
  readonly durationSeconds: number;
  readonly estimatedCostUsd: number;
}

/** What an administrator says of it; `operationId` is the provider's own id. */
export type Verdict =
  | { readonly type: "attach"; readonly operationId: string }
  | { readonly type: "not_accepted" }
  | { readonly type: "write_off" };

/** Longer than any call takes: until then its answer may still be under way. */
const answerMs = 5 * 60_000;

/** Oldest jobs first. */
export async function listUnresolved(deps: Deps, limit: number): Promise<UnresolvedStart[]> {
  const jobs = await deps.jobs.listUnresolved(limit);
  return jobs.flatMap((job) => job.attempts.filter(isUnresolved).map((attempt) => describe(job, attempt)));
}

/** Writes down what became of an unanswered start and lets the job go on from there. Throws `RequestError`. */
export async function resolveAmbiguous(
  deps: Deps,
  actor: string,
  input: { jobId: string; attempt: number; verdict: Verdict },
): Promise<Job> {
  const { jobId, verdict } = input;
  const job = await deps.jobs.get(jobId);
  const attempt = job === null ? undefined : findAttempt(job, input.attempt);
  if (attempt === undefined) throw new RequestError("not_found", "jobId: there is no such attempt");
  checkOpen(deps, attempt);
  const resolution = await toResolution(deps, attempt, verdict);
  const resolved = await apply(deps, jobId, {
    type: "ambiguity_resolved",
    attempt: attempt.number,
    resolution,
  });
  if (resolved === null) throw alreadyResolved(attempt);
  const details = verdict.type === "attach" ? { operationId: verdict.operationId } : {};
  await audit(deps, actor, `ambiguous.${verdict.type}`, `${jobId}/${attempt.number}`, details);
  return resolved;
}

function checkOpen(deps: Deps, attempt: Attempt): void {
  if (!isUnresolved(attempt)) throw alreadyResolved(attempt);
  const from = attempt.createdAt + answerMs;
  if (deps.now() >= from) return;
  const message = `attempt: its answer may still be under way; say what became of it after ${new Date(from).toISOString()}`;
  throw new RequestError("invalid_argument", message, { field: "attempt", retryAt: from });
}

function alreadyResolved({ number, state }: Attempt): RequestError {
  const message = `attempt: ${number} is not unanswered (any more), it is ${state}`;
  return new RequestError("invalid_argument", message, { field: "attempt", state });
}

async function toResolution(deps: Deps, attempt: Attempt, verdict: Verdict): Promise<Resolution> {
  if (verdict.type !== "attach") return verdict;
  const provider = deps.providers.get(attempt.provider);
  if (provider?.attach === undefined) {
    throw new RequestError("invalid_argument", `attempt: ${attempt.provider} cannot be asked here`);
  }
  const operation = provider.attach(verdict.operationId, attempt.model);
  await checkUnknown(deps, provider, verdict.operationId);
  await checkExists(provider, operation);
  return { type: "attach", operation };
}

/** A generation of another job is another user's video, and would be paid for by both. */
async function checkUnknown(deps: Deps, provider: VideoProvider, operationId: string): Promise<void> {
  // A handle may name its model, and the one on record need not be the one that is asked for.
  const handles = new Map<string, Operation>();
  for (const { id } of provider.models) {
    const handle = provider.attach?.(operationId, id);
    if (handle !== undefined) handles.set(JSON.stringify(handle), handle);
  }
  const known = await deps.jobs.findOperation(provider.id, [...handles.values()]);
  if (known === null) return;
  const { jobId, attempt } = known;
  const message = `operationId: it is on record already, as attempt ${attempt} of job ${jobId}`;
  throw new RequestError("invalid_argument", message, { field: "operationId", jobId, attempt });
}

/** A mistyped id would be taken for a generation that was lost. */
async function checkExists(provider: VideoProvider, operation: Operation): Promise<void> {
  try {
    const { status } = await provider.status(operation);
    if (status !== "missing") return;
  } catch (error) {
    if (!(error instanceof UnreachableError)) throw error;
    throw new RequestError("network", `${provider.id} could not be asked about this id; try again.`);
  }
  throw new RequestError("invalid_argument", `operationId: ${provider.id} knows no such generation`, {
    field: "operationId",
  });
}

function describe(job: Job, attempt: Attempt): UnresolvedStart {
  return {
    jobId: job.id,
    uid: job.uid,
    jobStatus: job.status,
    attempt: attempt.number,
    provider: attempt.provider,
    model: attempt.model,
    state: attempt.state,
    startedAt: attempt.createdAt,
    durationSeconds: attempt.plan.durationSeconds,
    estimatedCostUsd: microsToUsd(attempt.estimatedCostUsdMicros),
  };
}
