import { z } from "zod";
import { idPattern } from "../../domain/hash.js";

const jobId = z.string().regex(idPattern, "is not a job id");
const note = z.string().trim().min(1, "must say why").max(500);
/** Becomes part of a document's id. */
const requestId = z.string().regex(/^[A-Za-z0-9_.:-]{1,128}$/, "may hold letters, digits and _ . : -");
const uid = z.string().regex(/^[^/]{1,128}$/, "is not a user id");

export const grantInput = z.strictObject({
  uid,
  credits: z
    .number()
    .int()
    .min(-1_000_000_000)
    .max(1_000_000_000)
    .refine((credits) => credits !== 0, "must not be 0"),
  note,
  requestId,
});

export const listAmbiguousInput = z.strictObject({ limit: z.number().int().min(1).max(200).default(50) });

export const resolveInput = z.strictObject({
  jobId,
  attempt: z.number().int().min(1).max(100),
  resolution: z.discriminatedUnion("type", [
    z.strictObject({ type: z.literal("attach"), operationId: z.string().trim().min(1).max(200) }),
    z.strictObject({ type: z.literal("not_accepted") }),
    z.strictObject({ type: z.literal("write_off") }),
  ]),
});

export const driftInput = z.strictObject({ attempts: z.number().int().min(1).max(2_000).default(500) });

export const redriveInput = z.strictObject({ jobId });

/** `provider: null` is every provider; it must be said, so that nothing is stopped by leaving it out. */
export const pauseInput = z.strictObject({
  provider: z.string().min(1).max(100).nullable(),
  paused: z.boolean(),
});
