import type { Job } from "../../domain/job/job.js";

export interface Notifier {
  /** Tells the owner that a job has ended; called at least once per job. */
  jobEnded(job: Job): Promise<void>;
}
