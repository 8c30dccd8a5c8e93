import { randomUUID } from "node:crypto";
import { type App, getApps, initializeApp } from "firebase-admin/app";
import { getAuth } from "firebase-admin/auth";
import { type Firestore, getFirestore } from "firebase-admin/firestore";
import { firebaseAuditLog } from "../../adapters/firebase/audit-log.js";
import { firebaseBatchStore } from "../../adapters/firebase/batch-store.js";
import { firebaseCreditStore } from "../../adapters/firebase/credit-store.js";
import { firebaseDeliveryStore } from "../../adapters/firebase/delivery-store.js";
import { firebaseJobStore } from "../../adapters/firebase/job-store.js";
import { firebaseLogger } from "../../adapters/firebase/logger.js";
import { firebaseMediaStore } from "../../adapters/firebase/media-store.js";
import { firebaseNotifier } from "../../adapters/firebase/notifier.js";
import { firebasePersonStore } from "../../adapters/firebase/person-store.js";
import { firebaseSignInAccounts, noSignInAccounts } from "../../adapters/firebase/sign-in-accounts.js";
import { firebaseSignIns } from "../../adapters/firebase/sign-ins.js";
import { firebaseSnapshotStores } from "../../adapters/firebase/snapshot-stores.js";
import { firebaseTaskQueue } from "../../adapters/firebase/task-queue.js";
import { firebaseTaskRuns } from "../../adapters/firebase/task-runs.js";
import { createDownloads } from "../../adapters/media/downloads.js";
import { createInspector } from "../../adapters/media/inspector.js";
import { createWebhookAccess } from "../../adapters/shared/webhook-access.js";
import type { VideoProvider } from "../../domain/provider/provider.js";
import type { Deps } from "../../engine/deps.js";
import type { Logger } from "../../engine/ports/logger.js";
import type { SnapshotStores } from "../../engine/ports/snapshot-stores.js";
import type { TaskQueue } from "../../engine/ports/task-queue.js";
import type { WebhookAccess } from "../../engine/ports/webhook-access.js";
import { buildCatalogue } from "../../providers/index.js";
import { createHttpClient } from "../../providers/shared/http.js";
import { type Configuration, ConfigurationError } from "./configuration.js";
import { createConverter } from "./converter.js";
import { loopbackHostOf } from "./settings.js";

/** What stands in where there is no Firestore. */
export type Stores = Pick<
  Deps,
  | keyof SnapshotStores
  | "jobs"
  | "batches"
  | "credits"
  | "notifier"
  | "audit"
  | "deliveries"
  | "persons"
  | "signIns"
  | "taskRuns"
>;

export interface Environment {
  /** Another clock than the wall's. */
  readonly now?: () => number;
  /** First wait before a vendor is asked again; shorter where time runs faster. */
  readonly minRetryDelayMs?: number;
  readonly stores?: Stores;
}

/** The one place where ports meet their adapters. Imported when the first call needs it. */
export async function composeDeps(
  configuration: Configuration,
  environment: Environment = {},
): Promise<Deps> {
  const { now = Date.now } = environment;
  const log = firebaseLogger();
  const catalogue = buildCatalogue(
    configuration.enabled,
    new Set(configuration.configured.map(({ vendor }) => vendor.id)),
  );
  const providers = createProviders(configuration, log, now, environment.minRetryDelayMs);
  const media = firebaseMediaStore({ bucketName: configuration.storageBucket, log, now });
  const [queue, converter] = await Promise.all([
    createQueue(configuration, now),
    createConverter(configuration, media, log),
  ]);
  return {
    catalogue,
    providers,
    queue,
    media,
    ...(environment.stores ?? firestoreStores(configuration, log, now)),
    inspector: createInspector(media),
    downloads: createDownloads({ loopbackHosts: loopbackHosts(configuration) }),
    converter,
    webhooks: webhookAccess(configuration),
    log,
    now,
    newId: randomUUID,
  };
}

function firestoreStores(configuration: Configuration, log: Logger, now: () => number): Stores {
  const { welcomeCredits } = configuration;
  const db = openFirestore(configuration);
  return {
    jobs: firebaseJobStore(db, { log, welcomeCredits }),
    batches: firebaseBatchStore(db, { welcomeCredits }),
    credits: firebaseCreditStore(db, { welcomeCredits }),
    ...firebaseSnapshotStores(db, { log, now }),
    notifier: firebaseNotifier(db),
    audit: firebaseAuditLog(db),
    deliveries: firebaseDeliveryStore(db),
    persons: firebasePersonStore(db),
    taskRuns: firebaseTaskRuns(db, now),
    signIns: configuration.cloudTasksEndpoint === null ? firebaseSignInAccounts() : noSignInAccounts,
  };
}

/** Last of all that can fail: Firestore takes its settings only before it is first used. */
function openFirestore(configuration: Configuration): Firestore {
  const db = getFirestore(openApp(configuration));
  db.settings({ ignoreUndefinedProperties: true });
  return db;
}

/** The same for all, whoever comes first: the functions library opens it as well. */
function openApp({ projectId, storageBucket }: Configuration): App {
  return getApps()[0] ?? initializeApp({ projectId, storageBucket });
}

export function composeSignIns(configuration: Configuration) {
  return firebaseSignIns(getAuth(openApp(configuration)));
}

function createProviders(
  { enabled, configured }: Configuration,
  log: Logger,
  now: () => number,
  minRetryDelayMs: number | undefined,
): Map<string, VideoProvider> {
  for (const { id, keyName } of enabled) {
    if (configured.some(({ vendor }) => vendor.id === id)) continue;
    log.warn("provider.left_out", { provider: id, reason: `${keyName} is not set` });
  }
  const http = createHttpClient(minRetryDelayMs === undefined ? {} : { minRetryDelayMs });
  return new Map(
    configured.map(({ vendor, apiKey, baseUrl, settings }) => [
      vendor.id,
      vendor.create({ apiKey, baseUrl, settings, http, now }),
    ]),
  );
}

/** A simulator can call back to this machine; a vendor's own servers cannot, and refuse the address. */
function webhookAccess({ webhookBaseUrl, webhookSecrets, configured }: Configuration): WebhookAccess {
  const isLocal = loopbackHostOf(webhookBaseUrl) !== null;
  const remote = configured.filter(({ baseUrl }) => loopbackHostOf(baseUrl) === null);
  return createWebhookAccess({
    baseUrl: webhookBaseUrl,
    secrets: webhookSecrets,
    signingSecrets: new Map(configured.map(({ vendor, signingSecrets }) => [vendor.id, signingSecrets])),
    outOfReach: new Set(isLocal ? remote.map(({ vendor }) => vendor.id) : []),
  });
}

async function createQueue(configuration: Configuration, now: () => number): Promise<TaskQueue> {
  const { projectId, region, cloudTasksEndpoint, functionsBaseUrl } = configuration;
  const local = cloudTasksEndpoint === null ? {} : { endpoint: cloudTasksEndpoint };
  return firebaseTaskQueue({
    projectId,
    region,
    ...local,
    functionUrl: (name) => `${functionsBaseUrl}/${name}`,
    serviceAccountEmail: await tasksAccount(configuration),
    now,
  });
}

/** The account in whose name tasks call the functions: the named one, or the one that we run as. */
async function tasksAccount({ tasksServiceAccount, cloudTasksEndpoint }: Configuration): Promise<string> {
  if (tasksServiceAccount !== null) return tasksServiceAccount;
  if (cloudTasksEndpoint !== null) return "";
  const { GoogleAuth } = await import("google-auth-library");
  const { client_email: email } = await new GoogleAuth().getCredentials();
  if (email !== undefined) return email;
  throw new ConfigurationError([
    "TASKS_SERVICE_ACCOUNT must be set: the account of the functions is not known",
  ]);
}

/** Files of a simulator come from the host of its API. */
function loopbackHosts({ configured }: Configuration): string[] {
  return [...new Set(configured.flatMap(({ baseUrl }) => loopbackHostOf(baseUrl) ?? []))];
}
