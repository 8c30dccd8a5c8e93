import { z } from "zod";

/**
 * The messages that move a job, or the deletion of a user, by the function that handles them: the only
 * description of their bodies. A body may be as old as the longest wait in a queue, so what is no longer known is dropped, and what came
 * later has a default. Nothing in it is believed that the job itself can say.
 */
export const taskSchemas = {
  start: z.object({ type: z.literal("start").default("start"), jobId: z.string().min(1) }).readonly(),
  /** Carries all that a poll needs, so that an unchanged answer touches no document. */
  poll: z
    .object({
      type: z.literal("poll").default("poll"),
      jobId: z.string().min(1),
      attempt: z.number().int().min(1),
      provider: z.string(),
      operation: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).readonly(),
      /** Fingerprint of the API key it was started with; `null` when that is not known. */
      credentialId: z.string().nullable().default(null),
      /** What the times of an attempt's polls depend on. Fixed when it is accepted. */
      timing: z
        .object({
          /** Spreads the polls of different jobs: the idempotency key of the attempt. */
          key: z.string(),
          acceptedAt: z.number(),
          p50Seconds: z.number().positive(),
          /** The provider is never asked more often than this. */
          floorMs: z.number(),
          /** When the attempt is given up. A late result may still come. */
          timeoutAt: z.number(),
        })
        .readonly(),
      /** When the job is over. */
      deadlineAt: z.number(),
      /** When a second provider is to be started beside this one; `null` for never. */
      hedgeAt: z.number().nullable().default(null),
      /** Consecutive polls that could not find out. */
      misses: z.number().int().default(0),
      /** Since when the vendor says that it does not know it; `null` where it has not said so last. */
      missingSince: z.number().nullable().default(null),
      /** Before when the vendor does not want to be asked; `null` for any time. */
      notBefore: z.number().nullable().default(null),
    })
    .readonly(),
  /** A job that is made of parts may go on. */
  advance: z.object({ type: z.literal("advance").default("advance"), jobId: z.string().min(1) }).readonly(),
  store: z.object({ type: z.literal("store").default("store"), jobId: z.string().min(1) }).readonly(),
  /** The next step of a deletion; which one it is the account tells. */
  delete_user: z
    .object({ type: z.literal("delete_user").default("delete_user"), uid: z.string().min(1) })
    .readonly(),
} as const;

export type Task = z.output<(typeof taskSchemas)[keyof typeof taskSchemas]>;
export type PollTask = z.output<typeof taskSchemas.poll>;
export type PollTiming = PollTask["timing"];
