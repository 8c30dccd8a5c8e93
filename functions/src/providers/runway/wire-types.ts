import { z } from "zod";

/** Only the fields that are read; anything else may come and go. */
const cost = z.object({ credits: z.number().nullish() }).nullish();

/** Answer to every create. `avatar_videos` names no cost. */
export const createdTask = z.object({ id: z.string().min(1), estimatedCost: cost });

export const task = z.object({
  status: z.string(),
  output: z.array(z.string()).nullish(),
  failure: z.string().nullish(),
  failureCode: z.string().nullish(),
  cost,
});
export type Task = z.output<typeof task>;

export const organization = z.object({ creditBalance: z.number().nullish() });

/** `error` is for people; `issues` come with a body that did not validate. */
export const errorBody = z.object({
  error: z.string().nullish(),
  issues: z
    .array(
      z.object({ path: z.array(z.union([z.string(), z.number()])).nullish(), message: z.string().nullish() }),
    )
    .nullish(),
});
