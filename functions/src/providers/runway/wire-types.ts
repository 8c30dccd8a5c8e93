import { z } from "zod";

/** Only the fields that we read; the vendor may change all others. */
const cost = z.object({ credits: z.number().nullish() }).nullish();

/** Answer to every create. `avatar_videos` names no cost. */
export const createdAnswer = z.object({ id: z.string().min(1), estimatedCost: cost });

/** GET /v1/tasks/{id} */
export const taskAnswer = z.object({
  status: z.string(),
  output: z.array(z.string()).nullish(),
  failure: z.string().nullish(),
  failureCode: z.string().nullish(),
  cost,
});
export type WireTask = z.infer<typeof taskAnswer>;

/** GET /v1/organization */
export const accountAnswer = z.object({ creditBalance: z.number().nullish() });

/** `error` is for people; `issues` come with a body that did not validate. */
export const errorAnswer = z.object({
  error: z.string().nullish(),
  issues: z
    .array(
      z.object({ path: z.array(z.union([z.string(), z.number()])).nullish(), message: z.string().nullish() }),
    )
    .nullish(),
});
