import { type Failure, reasonOf, UnreachableError } from "../../domain/errors.js";
import type { JobEvent } from "../../domain/job/event.js";
import { type Attempt, findAttempt, type Job } from "../../domain/job/job.js";
import { awaitsStart } from "../../domain/job/starts.js";
import { withoutPrompt } from "../../domain/job/vendor-failure.js";
import type { GenerationPlan, VideoProvider } from "../../domain/provider/provider.js";
import type { Deps } from "../deps.js";
import { apply } from "../outbox.js";
import { withPictureLinks } from "./picture-links.js";

/**
 * The paid call. Its attempt is already written; whatever comes back is written as it is. Who was held
 * up since the claim does not call: its start may have been given up, and another one paid.
 */
export async function sendStart(deps: Deps, job: Job, attempt: Attempt): Promise<void> {
  const provider = deps.providers.get(attempt.provider);
  if (provider === undefined) {
    await apply(deps, job.id, {
      type: "start_refused",
      attempt: attempt.number,
      failure: { code: "authentication", detail: "no key is configured" },
    });
    return;
  }
  const { number, idempotencyKey } = attempt;
  const send = findAttempt(job, number)?.sends ?? attempt.sends;
  const plan = await planToSend(deps, job, attempt);
  if (plan === null || !(await isStillAwaited(deps, job.id, number, send))) {
    deps.log.warn("provider.start_withheld", { provider: provider.id, key: idempotencyKey });
    await apply(deps, job.id, { type: "start_withheld", attempt: number, send });
    return;
  }
  await apply(deps, job.id, await outcomeOf(deps, provider, job, { ...attempt, plan }, send));
}

/** `null` when no link could be made to a picture of ours: a start without it would be paid in vain. */
async function planToSend(deps: Deps, job: Job, attempt: Attempt): Promise<GenerationPlan | null> {
  try {
    return await withPictureLinks(deps, job, attempt);
  } catch (error) {
    deps.log.error("picture.link_failed", {
      jobId: job.id,
      attempt: attempt.number,
      reason: reasonOf(error),
    });
    return null;
  }
}

/** Looked at right before the call, the clock last. Who cannot find out does not pay. */
async function isStillAwaited(deps: Deps, jobId: string, number: number, send: number): Promise<boolean> {
  const job = await deps.jobs.get(jobId).catch(() => null);
  const attempt = job === null ? undefined : findAttempt(job, number);
  if (job === null || attempt?.state !== "starting" || attempt.sends !== send) return false;
  return awaitsStart(job, attempt) && deps.now() < attempt.leaseUntil;
}

/** The same for every repetition of a start, as its body has to be. */
function callbackUrlOf(deps: Deps, provider: VideoProvider, job: Job, attempt: number): string | null {
  if (provider.webhook === undefined) return null;
  return deps.webhooks.callbackUrl({ provider: provider.id, jobId: job.id, attempt });
}

async function outcomeOf(
  deps: Deps,
  provider: VideoProvider,
  job: Job,
  { number, idempotencyKey, plan, model }: Attempt,
  send: number,
): Promise<JobEvent> {
  try {
    const callbackUrl = callbackUrlOf(deps, provider, job, number);
    const result = await provider.start(plan, {
      idempotencyKey,
      ...(callbackUrl === null ? {} : { callbackUrl }),
    });
    if (result.status === "refused") {
      const failure = withoutPrompt(result.failure, plan);
      deps.log.warn("provider.refused", {
        provider: provider.id,
        model,
        key: idempotencyKey,
        code: failure.code,
        providerCode: failure.providerCode,
      });
      if (failure.code === "catalogue_outdated") {
        tellOutdated(deps, { jobId: job.id, attempt: number, provider: provider.id, model }, failure);
      }
      return { type: "start_refused", attempt: number, send, failure };
    }
    const { operation, estimatedCostUsdMicros } = result;
    return {
      type: "start_accepted",
      attempt: number,
      operation,
      ...(estimatedCostUsdMicros === undefined ? {} : { estimatedCostUsdMicros }),
    };
  } catch (error) {
    deps.log.warn("provider.start_unanswered", {
      provider: provider.id,
      key: idempotencyKey,
      reason: reasonOf(error),
    });
    const wait =
      error instanceof UnreachableError && error.retryAfterMs !== undefined
        ? { retryAfterMs: error.retryAfterMs }
        : {};
    if (error instanceof UnreachableError && error.sent === "no") {
      return { type: "start_refused", attempt: number, send, failure: { code: error.code, ...wait } };
    }
    const resendable = provider.startGuard === "idempotent";
    return { type: "start_unanswered", attempt: number, send, resendable, ...wait };
  }
}

/** A row of the catalogue has to be put right by us: an alarm that names it, and the vendor's word. */
export function tellOutdated(
  deps: Pick<Deps, "log">,
  subject: {
    readonly jobId: string;
    readonly attempt: number;
    readonly provider: string;
    readonly model: string | undefined;
  },
  { providerCode, statusCode }: Failure,
): void {
  deps.log.error("provider.catalogue_outdated", { ...subject, providerCode, statusCode });
}
