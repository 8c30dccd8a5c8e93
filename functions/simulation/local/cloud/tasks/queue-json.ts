import { z } from "zod";
import type { Queue } from "./queue.js";
import { maxBurstSize, type QueueSettings } from "./queue-settings.js";
import { durationMs, fromDurationMs, fromTimestampMs, readBodyAs } from "./wire.js";

/** Zero is "not given" in protobuf, so it never changes a setting. */
const count = z.number().int().min(-1).optional();

const queueBody = z.object({
  name: z.string().optional(),
  rateLimits: z
    .object({
      maxDispatchesPerSecond: z.number().min(0).max(500).optional(),
      maxConcurrentDispatches: z.number().int().min(0).max(5_000).optional(),
    })
    .optional(),
  retryConfig: z
    .object({
      maxAttempts: count,
      maxRetryDuration: durationMs.optional(),
      minBackoff: durationMs.optional(),
      maxBackoff: durationMs.optional(),
      maxDoublings: count,
    })
    .optional(),
});

/** Where each setting stands in the Queue resource. */
const settingPaths: Record<keyof QueueSettings, string> = {
  maxDispatchesPerSecond: "rateLimits.maxDispatchesPerSecond",
  maxConcurrentDispatches: "rateLimits.maxConcurrentDispatches",
  maxAttempts: "retryConfig.maxAttempts",
  maxRetryDurationMs: "retryConfig.maxRetryDuration",
  minBackoffMs: "retryConfig.minBackoff",
  maxBackoffMs: "retryConfig.maxBackoff",
  maxDoublings: "retryConfig.maxDoublings",
};

/** The settings that a queue in a request gives; with a mask, only those it names. */
export function toQueueSettings(
  json: unknown,
  updateMask = "",
): { name: string | undefined; settings: Partial<QueueSettings> } {
  const { name, rateLimits, retryConfig } = readBodyAs(queueBody, json);
  const given: Partial<Record<keyof QueueSettings, number | undefined>> = {
    ...rateLimits,
    maxAttempts: retryConfig?.maxAttempts,
    maxRetryDurationMs: retryConfig?.maxRetryDuration,
    minBackoffMs: retryConfig?.minBackoff,
    maxBackoffMs: retryConfig?.maxBackoff,
    maxDoublings: retryConfig?.maxDoublings,
  };
  const masks = updateMask.split(",").filter((path) => path !== "");
  const chosen = Object.entries(given).filter(
    ([setting, value]) =>
      value !== undefined && value !== 0 && isMasked(settingPaths[setting as keyof QueueSettings], masks),
  );
  return { name, settings: Object.fromEntries(chosen) };
}

function isMasked(path: string, masks: readonly string[]): boolean {
  if (masks.length === 0) return true;
  return masks.map(toCamelCase).some((mask) => path === mask || path.startsWith(`${mask}.`));
}

function toCamelCase(path: string): string {
  return path.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

export function fromQueue(queue: Queue): unknown {
  const { settings } = queue;
  return {
    name: queue.name,
    state: queue.state,
    rateLimits: {
      maxDispatchesPerSecond: settings.maxDispatchesPerSecond,
      maxBurstSize: maxBurstSize(settings),
      maxConcurrentDispatches: settings.maxConcurrentDispatches,
    },
    retryConfig: {
      maxAttempts: settings.maxAttempts,
      ...(settings.maxRetryDurationMs > 0 && {
        maxRetryDuration: fromDurationMs(settings.maxRetryDurationMs),
      }),
      minBackoff: fromDurationMs(settings.minBackoffMs),
      maxBackoff: fromDurationMs(settings.maxBackoffMs),
      maxDoublings: settings.maxDoublings,
    },
    ...(queue.purgedAt !== undefined && { purgeTime: fromTimestampMs(queue.purgedAt) }),
  };
}
