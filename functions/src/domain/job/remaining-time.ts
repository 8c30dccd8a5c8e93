import type { Job } from "./job.js";

/**
 * Seconds until a job's video has been made, or `null` when nobody knows: it waits for a provider,
 * or its generation takes longer than nine in ten do. Storing adds a few seconds that are not told.
 */
export function remainingSeconds(job: Job, now: number): number | null {
  if (job.status === "storing") return 0;
  const running = job.attempts.find((attempt) => attempt.state === "running");
  if (job.status !== "generating" || running?.acceptedAt == null) return null;
  const elapsedSeconds = (now - running.acceptedAt) / 1_000;
  const { p50Seconds, p90Seconds } = running.typical;
  const expected = [p50Seconds, p90Seconds].find((seconds) => seconds > elapsedSeconds);
  return expected === undefined ? null : Math.ceil(expected - elapsedSeconds);
}
