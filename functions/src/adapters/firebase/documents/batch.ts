import { z } from "zod";
import type { Batch, BatchCounts, BatchItem } from "../../../domain/batch/batch.js";
import type { ErrorCode } from "../../../domain/errors.js";
import { converterOf, type Fields, word } from "./document.js";

const counts = z.object({
  total: z.number(),
  running: z.number(),
  completed: z.number(),
  failed: z.number(),
  cancelled: z.number(),
} satisfies Fields<BatchCounts>);

const item = z.object({
  jobId: z.string(),
  tries: z.number(),
  status: word<BatchItem["status"]>(),
  errorCode: word<ErrorCode>().nullable(),
} satisfies Fields<BatchItem>);

const batchFields = {
  id: z.string(),
  uid: z.string(),
  type: word<Batch["type"]>(),
  requestHash: z.string(),
  projectId: z.string().nullable(),
  createdAt: z.number(),
  updatedAt: z.number(),
  endedAt: z.number().nullable(),
  version: z.number(),
  status: word<Batch["status"]>(),
  counts,
  items: z.record(z.string(), item),
} satisfies Fields<Batch>;

/** `batches/{id}`: all of it is its owner's to read. */
const batchDocument = z.object({
  ...batchFields,
  /** Of the creation: tells a writer whose answer was lost that the batch it finds is its own. */
  commitId: z.string(),
});
export type BatchDocument = z.output<typeof batchDocument>;

export const batchConverter = converterOf<BatchDocument>(batchDocument, batchDocument);

export function toBatchDocument(batch: Batch, commitId: string): BatchDocument {
  return { ...batch, commitId };
}

export function toBatch({ commitId, ...batch }: BatchDocument): Batch {
  return batch;
}
