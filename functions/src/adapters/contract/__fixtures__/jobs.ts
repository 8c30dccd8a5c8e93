import type { LedgerEntry } from "../../../domain/accounting/credits.js";
import type { JobEvent, Transition } from "../../../domain/job/event.js";
import type { Job } from "../../../domain/job/job.js";
import { holdEntry, newJob, type Order } from "../../../domain/job/new-job.js";
import { transition } from "../../../domain/job/transition.js";
import { defaultPolicy } from "../../../domain/policy/policy.js";
import { parseRequest } from "../../../domain/request/request.js";
import { noConditions } from "../../../domain/selection/decision.js";
import type { JobStore } from "../../../engine/ports/job-store.js";

export const startMs = Date.parse("2026-11-21T12:00:00Z");
/** More starts than any test makes in a minute. */
export const anyNumber = 1_000;

/** An order that holds two credits a second. */
export function exampleOrder(seconds = 5): Order {
  const request = parseRequest({
    kind: "text",
    prompt: "A lighthouse in the rain",
    durationSeconds: seconds,
    metadata: { "shop.order": "A-17" },
  });
  const price = { credits: 2 * seconds, seconds, imageCredits: 0, usdPerCredit: 0.05 };
  return { request, price };
}

export function videoJob(id: string, options: { uid?: string; at?: number; seconds?: number } = {}): Job {
  const { uid = "ada", at = startMs, seconds = 5 } = options;
  return newJob(id, { uid, tier: "free" }, exampleOrder(seconds), defaultPolicy, at);
}

export function grantEntry(
  credits: number,
  options: { id?: string; uid?: string; at?: number } = {},
): LedgerEntry {
  const { id = "grant-1", uid = "ada", at = startMs } = options;
  return { id, uid, type: "grant", credits, jobId: null, at, note: "bought" };
}

export function create(jobs: JobStore, job: Job, startsPerMinute = anyNumber) {
  return jobs.create(job, holdEntry(job), startsPerMinute);
}

export function apply(
  jobs: JobStore,
  jobId: string,
  event: JobEvent,
  at = startMs + 1_000,
): Promise<Transition | null> {
  return jobs.update(jobId, (job) => transition(job, event, at, defaultPolicy));
}

/** The first start at a model whose id has a dot in it, like those of real vendors. */
export function claim(job: Job, number = 1): JobEvent {
  const model = "runway:gen4.5";
  return {
    type: "start_claimed",
    leaseUntil: startMs + 60_000,
    attempt: {
      number,
      provider: "runway",
      model,
      idempotencyKey: `${job.id}:a${number}`,
      plan: {
        model,
        mode: "text",
        text: "A lighthouse in the rain",
        size: { ratio: "16:9", resolution: "720p", width: 1280, height: 720 },
        durationSeconds: 5,
        audio: false,
      },
      adjustments: [{ field: "durationSeconds", asked: "6", given: "5", reason: "nearest" }],
      decision: {
        question: {
          now: startMs,
          mode: "text",
          quality: "standard",
          askedSeconds: 5,
          profile: "balanced",
          ...noConditions,
          traits: ["mode:text"],
        },
        facts: [],
        decision: {
          winner: model,
          policyVersion: 0,
          profile: "balanced",
          tieBreak: "only_one",
          ranked: [],
          rejected: [
            { model: "heygen:avatar", provider: "heygen", reason: "kind_unsupported", retryAt: null },
          ],
          retryAt: null,
        },
      },
      typical: { p50Seconds: 60, p90Seconds: 120 },
      estimatedCostUsdMicros: 250_000,
      hedge: false,
    },
  };
}

export const accepted: JobEvent = { type: "start_accepted", attempt: 1, operation: { id: "task-1" } };
export const succeeded: JobEvent = {
  type: "operation_ended",
  attempt: 1,
  status: { status: "succeeded", outputUrl: "https://files.example.com/1.mp4" },
};
export const stored: JobEvent = {
  type: "stored",
  attempt: 1,
  credits: 8,
  output: {
    medium: "video",
    path: "videos/ada/1.mp4",
    contentType: "video/mp4",
    bytes: 1_000,
    sha256: "00",
    width: 1280,
    height: 720,
    durationSeconds: 4,
    codec: "avc1",
    hasAudio: false,
    thumbnailPath: null,
  },
};
