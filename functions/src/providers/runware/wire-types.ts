import { z } from "zod";

/** One entry of `errors`, or the `error` of an item. */
export const wireErrorSchema = z.object({
  code: z.string().nullish(),
  message: z.string().nullish(),
  taskType: z.string().nullish(),
  taskUUID: z.string().nullish(),
});
export type WireError = z.infer<typeof wireErrorSchema>;

/** One entry of `data`: an acknowledgement, a progress report or a result. */
export const wireItemSchema = z.object({
  taskType: z.string().nullish(),
  taskUUID: z.string().nullish(),
  status: z.string().nullish(),
  // An odd number here must not make a finished video unreadable.
  cost: z.number().nullish().catch(null),
  videoURL: z.string().nullish(),
  imageURL: z.string().nullish(),
  error: wireErrorSchema.nullish(),
  balance: z.object({ amount: z.number().nullish(), currency: z.string().nullish() }).nullish().catch(null),
});
export type WireItem = z.infer<typeof wireItemSchema>;

/** Every answer of the API: results and errors side by side, matched to tasks by `taskUUID`. */
export const wireAnswerSchema = z
  .object({
    data: z.array(wireItemSchema).nullish(),
    errors: z.array(wireErrorSchema).nullish(),
  })
  .refine((answer) => answer.data != null || answer.errors != null, "neither data nor errors");
export type WireAnswer = z.infer<typeof wireAnswerSchema>;
