import { z } from "zod";
import { idPattern } from "../../domain/hash.js";
import { type JobStatus, openStatuses } from "../../domain/job/job.js";

const statuses = [
  ...openStatuses,
  "completed",
  "failed",
  "cancelled",
] as const satisfies readonly JobStatus[];

/** Any text: a malformed id is answered like an absent one, so that nothing can be learned from it. */
const jobId = z.string();

export const noInput = z.strictObject({});
export const jobInput = z.strictObject({ jobId });
export const getVideoInput = z.strictObject({ jobId, refresh: z.boolean().default(false) });
export const waitInput = z.strictObject({ jobId, timeoutSeconds: z.number().min(1).max(3_600).default(600) });
export const videoUrlInput = z.strictObject({
  jobId,
  kind: z.enum(["video", "thumbnail", "image"]).default("video"),
  /** One segment of a video that is delivered as a list of them, from 1. */
  segment: z.number().int().min(1).max(100).optional(),
});

export const batchInput = z.strictObject({ batchId: z.string() });
export const retryInput = z.strictObject({ batchId: z.string(), key: z.string().max(40) });

export const listInput = z.strictObject({
  status: z.enum(statuses).optional(),
  limit: z.number().int().min(1).max(100).default(20),
  pageToken: z.string().min(1).max(500).optional(),
});

/** Exact jobs, or a filter over the open ones; not both. */
export const batchCheckInput = z
  .strictObject({
    jobIds: z.array(z.string().regex(idPattern, "is not a job id")).min(1).max(500).optional(),
    status: z.enum(openStatuses).optional(),
    limit: z.number().int().min(1).max(500).default(100),
  })
  .refine((input) => input.jobIds === undefined || input.status === undefined, {
    path: ["status"],
    message: "cannot be combined with jobIds: leave one of them out",
  });
