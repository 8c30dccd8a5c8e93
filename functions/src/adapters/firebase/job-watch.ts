import type { DocumentSnapshot, Firestore } from "firebase-admin/firestore";
import type { Job } from "../../domain/job/job.js";
import type { Logger } from "../../engine/ports/logger.js";
import { readJob, withAttempts } from "./job-reader.js";
import { jobDocument } from "./paths.js";

/** Follows the job document; its attempts are read for every change, one change after the other. */
export function watchJob(
  db: Firestore,
  jobId: string,
  onChange: (job: Job | null) => void,
  log: Logger,
): () => void {
  let stopped = false;
  let told: number | null | undefined;
  let reading: Promise<void> = Promise.resolve();

  async function tell(snapshot: DocumentSnapshot): Promise<void> {
    const job = await readWhole(db, snapshot);
    const version = job?.version ?? null;
    // A read in between two changes shows the second one early.
    if (stopped || version === told) return;
    told = version;
    onChange(job);
  }

  function failed(error: unknown): void {
    log.error("job.watch_failed", { jobId, reason: error instanceof Error ? error.message : "unknown" });
  }

  const stop = jobDocument(db, jobId).onSnapshot((snapshot) => {
    reading = reading.then(() => (stopped ? undefined : tell(snapshot))).catch(failed);
  }, failed);
  return () => {
    stopped = true;
    stop();
  };
}

async function readWhole(db: Firestore, snapshot: DocumentSnapshot): Promise<Job | null> {
  if (!snapshot.exists) return null;
  const [stored] = await withAttempts(db, [snapshot]);
  return (stored ?? (await readJob(db, snapshot.id)))?.job ?? null;
}
