export interface QueueSettings {
  readonly maxDispatchesPerSecond: number;
  readonly maxConcurrentDispatches: number;
  /** -1 means no limit. */
  readonly maxAttempts: number;
  /** 0 means no limit. */
  readonly maxRetryDurationMs: number;
  readonly minBackoffMs: number;
  readonly maxBackoffMs: number;
  readonly maxDoublings: number;
}

/** What a queue gets that says nothing: the values that `gcloud` and published examples show (2026-11). */
export const defaultQueueSettings: QueueSettings = {
  maxDispatchesPerSecond: 500,
  maxConcurrentDispatches: 1_000,
  maxAttempts: 100,
  maxRetryDurationMs: 0,
  minBackoffMs: 100,
  maxBackoffMs: 3_600_000,
  maxDoublings: 16,
};

/**
 * Tokens that a rested queue may spend at once. Google chooses it from the rate and does not say
 * how; the default of 500 per second comes with 100, and we keep that proportion.
 */
export function maxBurstSize(settings: QueueSettings): number {
  return Math.min(100, Math.max(1, Math.ceil(settings.maxDispatchesPerSecond / 5)));
}

/**
 * Wait before a retry, counted from 0: doubles `maxDoublings` times from `minBackoffMs`, then
 * grows by the last step, up to `maxBackoffMs` (RetryConfig.max_doublings in queue.proto v2).
 */
export function backoffMs(settings: QueueSettings, retry: number): number {
  const doublings = Math.min(retry, settings.maxDoublings);
  const linearSteps = retry - doublings + 1;
  return Math.min(settings.maxBackoffMs, settings.minBackoffMs * 2 ** doublings * linearSteps);
}

/** With both limits set, a task ends only when both are reached (RetryConfig in queue.proto v2). */
export function mayRetry(settings: QueueSettings, attempts: number, sinceFirstAttemptMs: number): boolean {
  const attemptsLeft = settings.maxAttempts !== -1 && attempts < settings.maxAttempts;
  const unlimitedAttempts = settings.maxAttempts === -1;
  if (settings.maxRetryDurationMs === 0) return unlimitedAttempts || attemptsLeft;
  return attemptsLeft || sinceFirstAttemptMs < settings.maxRetryDurationMs;
}
