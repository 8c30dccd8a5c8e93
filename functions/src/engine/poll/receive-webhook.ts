import { sha256 } from "../../domain/hash.js";
import { type Attempt, findAttempt, type Job, watchedAttempts } from "../../domain/job/job.js";
import type { PollTask } from "../../domain/job/tasks.js";
import type { VideoProvider, WebhookDelivery, WebhookHint } from "../../domain/provider/provider.js";
import { subjectOfKey, type WebhookSubject } from "../../domain/provider/webhook-subject.js";
import type { Deps } from "../deps.js";
import type { DeliveryOutcome } from "../ports/delivery-store.js";
import { taskName, toPollTask } from "../tasks.js";
import { pollJob } from "./poll-job.js";
import type { RefreshGate } from "./refresh-job.js";

/** One HTTP call that says it comes from a vendor. */
export interface WebhookCall {
  /** As the address names it; nobody has checked it yet. */
  readonly provider: string;
  /** What our own callback URL carries; `null` when the address was another. */
  readonly claim: { readonly jobId: string; readonly attempt: number; readonly token: string } | null;
  readonly delivery: WebhookDelivery;
}

export type WebhookVerdict = "accepted" | "unverified" | "unknown_provider";

/** Longer than any vendor repeats a delivery (24 h, 2026-11), and long enough to look into. */
const keptMs = 14 * 86_400_000;
/** A vendor may call before its own status says the same. */
const leastWaitMs = 5_000;

/**
 * A vendor says that something has happened. Who says it is checked before any document is touched;
 * what it says is never believed: it only leads to a poll that would have come later anyway.
 */
export async function receiveWebhook(
  deps: Deps,
  call: WebhookCall,
  gate: RefreshGate,
): Promise<WebhookVerdict> {
  const provider = deps.providers.get(call.provider);
  const reader = provider?.webhook;
  // The names that strangers make up stay out of the log.
  if (provider === undefined || reader === undefined) return refuse(deps, null, "unknown_provider");
  const own = vouchedSubject(deps, provider, call);
  const isSigned =
    own === null && reader.verify?.(call.delivery, deps.webhooks.signingSecrets(provider.id)) === true;
  if (own === null && !isSigned) return refuse(deps, provider.id, "unverified");

  const hints = reader.read(call.delivery);
  if (hints.length === 0) deps.log.info("webhook.ignored", { provider: provider.id });
  for (const hint of hints) await follow(deps, provider, own, hint, call.delivery.receivedAt, gate);
  return "accepted";
}

function refuse(
  deps: Deps,
  provider: string | null,
  verdict: Exclude<WebhookVerdict, "accepted">,
): WebhookVerdict {
  deps.log.warn("webhook.refused", { provider, reason: verdict });
  return verdict;
}

/** The generation whose callback URL was called; `null` when it was not ours. */
function vouchedSubject(deps: Deps, provider: VideoProvider, { claim }: WebhookCall): WebhookSubject | null {
  if (claim === null) return null;
  const { jobId, attempt, token } = claim;
  const subject = { provider: provider.id, jobId, attempt };
  return deps.webhooks.vouches(token, subject) ? subject : null;
}

async function follow(
  deps: Deps,
  provider: VideoProvider,
  own: WebhookSubject | null,
  hint: WebhookHint,
  receivedAt: number,
  gate: RefreshGate,
): Promise<void> {
  const named = subjectOfKey(provider.id, hint.idempotencyKey);
  const subject = own ?? named;
  const job = subject === null || contradicts(own, hint) ? null : await deps.jobs.get(subject.jobId);
  const attempt = job === null || subject === null ? undefined : findAttempt(job, subject.attempt);
  if (job === null || attempt === undefined || attempt.provider !== provider.id) {
    deps.log.info("webhook.ignored", { provider: provider.id });
    return;
  }
  const poll = isWatched(job, attempt) ? toPollTask(deps, job, attempt) : null;
  const outcome: DeliveryOutcome = poll !== null ? "followed" : isOpen(attempt) ? "parked" : "late";
  const fields = { provider: provider.id, jobId: job.id, attempt: attempt.number };
  // The owner of one URL must not be able to use up the delivery id of another's.
  const id = sha256(`${provider.id}:${attempt.idempotencyKey}:${hint.deliveryId}`);
  const isFirst = await deps.deliveries.claim({
    ...fields,
    id,
    deliveryId: hint.deliveryId,
    receivedAt,
    outcome,
    expireAt: receivedAt + keptMs,
  });
  deps.log.info("webhook.received", { ...fields, outcome: isFirst ? outcome : "duplicate" });
  if (!isFirst || poll === null) return;
  try {
    await askNow(deps, poll, gate);
  } catch (error) {
    // Nothing came of it, so the vendor's next try is welcome.
    await deps.deliveries.release(id);
    throw error;
  }
}

/** A URL of one generation with an event of another: nobody sends that by accident. */
function contradicts(own: WebhookSubject | null, { idempotencyKey }: WebhookHint): boolean {
  return own !== null && idempotencyKey !== null && idempotencyKey !== `${own.jobId}:a${own.attempt}`;
}

function isWatched(job: Job, { number }: Attempt): boolean {
  return watchedAttempts(job).some((attempt) => attempt.number === number);
}

/**
 * The start is not recorded yet. Nothing more is needed: as soon as it is, the job gets its early
 * poll, and that sees what the vendor meant.
 */
function isOpen({ state, operation }: Attempt): boolean {
  return operation === null && state !== "failed" && state !== "cancelled";
}

/**
 * Polls at once, as often as the provider's floor allows. Where that is too often, or the provider
 * does not say it itself yet, one more poll follows soon: its name is that of the moment, so that a
 * crowd of hints makes one task.
 */
async function askNow(deps: Deps, poll: PollTask, gate: RefreshGate): Promise<void> {
  const waitMs = Math.max(poll.timing.floorMs, leastWaitMs);
  const mayAsk = gate.allows(poll.timing.key, poll.timing.floorMs, deps.now());
  if (mayAsk && (await pollJob(deps, poll)) !== null) return;
  const dueAt = (Math.floor(deps.now() / waitMs) + 2) * waitMs;
  const name = taskName(`hint:${poll.jobId}:${poll.attempt}:${dueAt}`);
  await deps.queue.enqueue(name, poll, dueAt);
}
