import { z } from "zod";
import { idPattern } from "../../domain/hash.js";
import { openStatuses } from "../../domain/job/job.js";
import { checkJobs } from "../../engine/admin/check-jobs.js";
import { listUnresolved, resolveAmbiguous } from "../../engine/admin/resolve-ambiguous.js";
import { retryJob } from "../../engine/admin/retry-job.js";
import { isVendorId } from "../../providers/shared/vendor-text.js";
import { adminCallable } from "./callable.js";

const jobId = z.string().regex(idPattern, "is not a job id");

/** Asks the providers about many jobs now. Safe beside the normal polls; a second run changes nothing. */
export const adminBatchStatusCheck = adminCallable({
  /** Exact jobs, or a filter over the open ones; not both. */
  input: z
    .strictObject({
      jobIds: z.array(jobId).min(1).max(500).optional(),
      status: z.enum(openStatuses).optional(),
      limit: z.number().int().min(1).max(500).default(100),
    })
    .refine((input) => input.jobIds === undefined || input.status === undefined, {
      path: ["status"],
      message: "cannot be combined with jobIds: leave one of them out",
    }),
  run: (deps, { uid }, selection) => checkJobs(deps, uid, selection),
  options: { timeoutSeconds: 540 },
});

/** Starts a failed job again, as a new one. */
export const adminRedrive = adminCallable({
  input: z.strictObject({ jobId }),
  run: async (deps, { uid }, { jobId }) => {
    const { id, status, heldCredits } = await retryJob(deps, uid, jobId);
    return { jobId: id, status, heldCredits };
  },
});

/** Starts of which nobody knows whether they were paid. */
export const adminListAmbiguous = adminCallable({
  input: z.strictObject({ limit: z.number().int().min(1).max(200).default(50) }),
  run: async (deps, _caller, { limit }) => ({ attempts: await listUnresolved(deps, limit) }),
});

export const adminResolveAmbiguous = adminCallable({
  input: z.strictObject({
    jobId,
    attempt: z.number().int().min(1).max(100),
    resolution: z.discriminatedUnion("type", [
      z.strictObject({
        type: z.literal("attach"),
        operationId: z.string().trim().refine(isVendorId, "must be an id as the provider shows it"),
      }),
      z.strictObject({ type: z.literal("not_accepted") }),
      z.strictObject({ type: z.literal("write_off") }),
    ]),
  }),
  run: async (deps, { uid }, { jobId, attempt, resolution: verdict }) => {
    const job = await resolveAmbiguous(deps, uid, { jobId, attempt, verdict });
    return { jobId, status: job.status, attempt: job.attempts[attempt - 1]?.state ?? null };
  },
});
