import { z } from "zod";
import { maxBatchItems } from "./batch.js";

/** Also a name of a document field: Firestore keeps names of the form `__name__` for itself. */
export const itemKey = z
  .string()
  .regex(
    /^(?!__.*__$)[A-Za-z0-9_-]{1,40}$/,
    "a name has 1 to 40 letters, digits, _ or -, and no __ around it",
  );

/** What a batch is made of, by key. */
export function itemsOf<Item extends z.ZodType>(item: Item, words: { one: string; many: string }) {
  return z
    .record(itemKey, item)
    .refine((items) => Object.keys(items).length > 0, `needs at least one ${words.one}`)
    .refine((items) => Object.keys(items).length <= maxBatchItems, `may hold ${maxBatchItems} ${words.many}`);
}

/** The caller's own word for what a batch belongs to. */
export const projectId = z
  .string()
  .regex(/^[A-Za-z0-9_.:-]{1,128}$/, "may hold 128 letters, digits and _ . : -")
  .optional();
