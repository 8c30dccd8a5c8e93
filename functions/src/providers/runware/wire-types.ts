import { z } from "zod";

/** One entry of `errors`, or the `error` of an item. */
export const wireError = z.object({
  code: z.string().nullish(),
  message: z.string().nullish(),
  taskType: z.string().nullish(),
  taskUUID: z.string().nullish(),
});
export type WireError = z.infer<typeof wireError>;

/** One entry of `data`: an acknowledgement, a progress report or a result. */
export const wireItem = z.object({
  taskType: z.string().nullish(),
  taskUUID: z.string().nullish(),
  status: z.string().nullish(),
  // A cost that is no number must not make a finished video unreadable.
  cost: z.number().nullish().catch(null),
  videoURL: z.string().nullish(),
  imageURL: z.string().nullish(),
  error: wireError.nullish(),
  balance: z.object({ amount: z.number().nullish(), currency: z.string().nullish() }).nullish().catch(null),
});
export type WireItem = z.infer<typeof wireItem>;

/** Every answer of the API: results and errors side by side, matched to tasks by `taskUUID`. */
export const tasksAnswer = z
  .object({
    data: z.array(wireItem).nullish(),
    errors: z.array(wireError).nullish(),
  })
  .refine((answer) => answer.data != null || answer.errors != null, "neither data nor errors");
export type WireAnswer = z.infer<typeof tasksAnswer>;
