import { z } from "zod";
import type { CreditAccount, LedgerEntry } from "../../../domain/accounting/credits.js";
import type { ErrorCode } from "../../../domain/errors.js";
import type { Job } from "../../../domain/job/job.js";
import { type Deletion, type DeletionCause, deletionPhases } from "../../../domain/person/deletion.js";
import type { Account } from "../../shared/account.js";
import { converterOf, type Fields, word } from "./document.js";

const credits = z.object({
  granted: z.number(),
  balance: z.number(),
  held: z.number(),
  spent: z.number(),
} satisfies Fields<CreditAccount>);

const starts = z.object({ minute: z.number(), count: z.number() } satisfies Fields<Account["starts"]>);

const deletion = z.object({
  uid: z.string(),
  pseudonym: z.string(),
  salt: z.string(),
  requestedAt: z.number(),
  by: word<DeletionCause>(),
  phase: z.enum(deletionPhases),
  after: z.string().nullable(),
  metOpen: z.boolean(),
  emptyAt: z.number().nullable(),
  removedJobs: z.number(),
  removedFiles: z.number(),
  version: z.number(),
  dueAt: z.number(),
} satisfies Fields<Deletion>);

const account = { credits, starts, deletion: deletion.exactOptional() } satisfies Fields<Account>;

/** `users/{uid}` may also hold what has nothing to do with credits, and may hold it first. */
const writtenAccount = z.object(account);
const readAccount = z.object(account).partial();
export type AccountDocument = z.output<typeof readAccount>;

export const accountConverter = converterOf<AccountDocument>(writtenAccount, readAccount);

/** `users/{uid}/ledger/{entryId}`: append-only. */
const ledgerEntry = z.object({
  id: z.string(),
  uid: z.string(),
  type: z.enum(["grant", "hold", "capture", "release"]),
  credits: z.number(),
  jobId: z.string().nullable(),
  at: z.number(),
  note: z.string(),
} satisfies Fields<LedgerEntry>);

export const ledgerConverter = converterOf<LedgerEntry>(ledgerEntry, ledgerEntry);

/** `users/{uid}/inbox/{jobId}`: how a job has ended, in words that are safe to show. */
const inboxMessage = z.object({
  jobId: z.string(),
  status: word<Job["status"]>(),
  code: word<ErrorCode>().exactOptional(),
  message: z.string(),
  /** What was left of the owner's credits, where that was little. */
  lowBalance: z.number().exactOptional(),
  createdAt: z.number(),
});
export type InboxMessage = z.output<typeof inboxMessage>;

export const inboxConverter = converterOf<InboxMessage>(inboxMessage, inboxMessage);
