import type { Catalogue } from "../domain/provider/catalogue.js";
import type { VideoProvider } from "../domain/provider/provider.js";
import type { AuditLog } from "./ports/audit-log.js";
import type { BatchStore } from "./ports/batch-store.js";
import type { Converter } from "./ports/converter.js";
import type { CreditStore } from "./ports/credit-store.js";
import type { DeliveryStore } from "./ports/delivery-store.js";
import type { Downloads } from "./ports/downloads.js";
import type { Inspector } from "./ports/inspector.js";
import type { JobStore } from "./ports/job-store.js";
import type { Logger } from "./ports/logger.js";
import type { MediaStore } from "./ports/media-store.js";
import type { Notifier } from "./ports/notifier.js";
import type { PersonStore } from "./ports/person-store.js";
import type { SignInAccounts } from "./ports/sign-in-accounts.js";
import type { SnapshotStores } from "./ports/snapshot-stores.js";
import type { TaskQueue } from "./ports/task-queue.js";
import type { TaskRuns } from "./ports/task-runs.js";
import type { WebhookAccess } from "./ports/webhook-access.js";

/** Everything the engine needs of the world: one plain object, the first parameter of every verb. */
export interface Deps extends SnapshotStores {
  readonly catalogue: Catalogue;
  readonly providers: ReadonlyMap<string, VideoProvider>;
  readonly jobs: JobStore;
  readonly batches: BatchStore;
  readonly credits: CreditStore;
  readonly queue: TaskQueue;
  readonly taskRuns: TaskRuns;
  readonly media: MediaStore;
  readonly inspector: Inspector;
  readonly downloads: Downloads;
  /** `null`: this installation stores what providers make, and nothing else. */
  readonly converter: Converter | null;
  readonly notifier: Notifier;
  readonly deliveries: DeliveryStore;
  readonly persons: PersonStore;
  readonly signIns: SignInAccounts;
  readonly webhooks: WebhookAccess;
  readonly audit: AuditLog;
  readonly log: Logger;
  now(): number;
  newId(): string;
}
