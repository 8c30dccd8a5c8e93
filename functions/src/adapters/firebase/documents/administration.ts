import { Timestamp } from "firebase-admin/firestore";
import { z } from "zod";
import type { HealthState } from "../../../domain/health/health.js";
import type { StatsSums } from "../../../domain/health/stats.js";
import type { Task } from "../../../domain/job/tasks.js";
import type { Policy } from "../../../domain/policy/policy.js";
import type { PublishedPolicy } from "../../../domain/policy/publication.js";
import type { AuditDetails, AuditLine } from "../../../engine/ports/audit-log.js";
import type { DeliveryOutcome, WebhookDeliveryRecord } from "../../../engine/ports/delivery-store.js";
import { converterOf, counter, type Fields, opaque, word } from "./document.js";

// Documents that only administrators read.

/** When Firestore removes a document: a TTL policy looks at timestamps only, a number would stay for ever. */
const expireAt = z.custom<Timestamp>((value) => value instanceof Timestamp);

const use = {
  usdMicros: z.number().exactOptional(),
  seconds: z.number().exactOptional(),
  credits: z.number().exactOptional(),
};

/** `budgets/{day}:{scope}:{k}`: mostly increments, of which the mark of a budget that is nearly used up has none. */
const budget = z.object({ day: z.string(), scope: z.string(), expireAt, ...use });
const writtenBudget = budget.extend({
  usdMicros: counter.exactOptional(),
  seconds: counter.exactOptional(),
  credits: counter.exactOptional(),
});
export type BudgetDocument = z.output<typeof budget>;

export const budgetConverter = converterOf<BudgetDocument>(writtenBudget, budget);

const health = z.object({
  // Circuits and statistics are read by every decision, and written by `HealthStore` alone.
  circuits: opaque<HealthState["circuits"]>().default({}),
  stats: opaque<HealthState["stats"]>().default({}),
  switches: opaque<HealthState["switches"]>().default({}),
  balances: opaque<HealthState["balances"]>().default({}),
  running: opaque<HealthState["running"]>().default({}),
  checkedAt: z.number().default(0),
} satisfies Fields<HealthState>);

/** `state/snapshot`: a part that is missing is newer than the document. Policies are parsed by who reads them. */
const snapshot = z.object({
  policy: z.unknown().exactOptional(),
  health: health.exactOptional(),
  shadow: z.unknown().exactOptional(),
});
export type SnapshotDocument = z.output<typeof snapshot>;

export const snapshotConverter = converterOf<SnapshotDocument>(snapshot, snapshot);

/** `state/tasks`: when tasks of a type were last seen to run. A type that is missing has never run. */
const taskRuns = z.object({
  start: z.number().exactOptional(),
  poll: z.number().exactOptional(),
  advance: z.number().exactOptional(),
  store: z.number().exactOptional(),
  delete_user: z.number().exactOptional(),
} satisfies Fields<Record<Task["type"], number>>);
export type TaskRunsDocument = z.output<typeof taskRuns>;

export const taskRunsConverter = converterOf<TaskRunsDocument>(taskRuns, taskRuns);

const sums = z.object({
  successes: z.number(),
  failures: z.number(),
  secondsSum: z.number(),
} satisfies Fields<StatsSums>);
const addedSums = z.object({ successes: counter, failures: counter, secondsSum: counter });

/** `state/snapshot/shards/{k}`: blind increments, by model. */
const shard = z.object({ models: z.record(z.string(), sums).default({}) });
const writtenShard = z.object({ models: z.record(z.string(), addedSums) });
export type ShardDocument = z.output<typeof shard>;

export const shardConverter = converterOf<ShardDocument>(writtenShard, shard);

/** `policies/{version}`: never changed, so the policy is parsed before it is published and not again. */
const publishedPolicy = z.object({
  policy: opaque<Policy>(),
  author: z.string(),
  note: z.string(),
  publishedAt: z.number(),
  replaces: z.number().nullable(),
} satisfies Fields<PublishedPolicy>);

export const policyConverter = converterOf<PublishedPolicy>(publishedPolicy, publishedPolicy);

/** `audit/{id}`. */
const auditLine = z.object({
  at: z.number(),
  actor: z.string(),
  action: z.string(),
  target: z.string(),
  details: opaque<AuditDetails>(),
} satisfies Fields<AuditLine>);

export const auditConverter = converterOf<AuditLine>(auditLine, auditLine);

/** `webhookDeliveries/{id}`. */
const delivery = z.object({
  provider: z.string(),
  deliveryId: z.string(),
  jobId: z.string(),
  attempt: z.number(),
  receivedAt: z.number(),
  outcome: word<DeliveryOutcome>(),
  expireAt,
} satisfies Fields<Omit<WebhookDeliveryRecord, "id" | "expireAt"> & { expireAt: Timestamp }>);
export type DeliveryDocument = z.output<typeof delivery>;

export const deliveryConverter = converterOf<DeliveryDocument>(delivery, delivery);
