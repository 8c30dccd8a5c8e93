import { RequestError } from "../domain/errors.js";
import type { Policy } from "../domain/policy/policy.js";

/** Calls that cost the caller nothing, and us or a provider something. */
export type LimitedCall = keyof Policy["limits"]["callsPerUserPerMinute"];

/**
 * How often each user has called lately, in this instance. A bucket for each user and kind of call:
 * it holds a minute's share and fills up evenly. Nothing is written, so a user who reaches several
 * instances may call as often as each of them allows.
 */
export interface CallLimits {
  /** Counts one call. Throws `RequestError` when the share is used up. */
  take(uid: string, call: LimitedCall, limits: Policy["limits"], now: number): void;
  /** Opens a stream. Returns how to close it; throws `RequestError` when the user has too many. */
  openStream(uid: string, limits: Policy["limits"]): () => void;
}

interface Bucket {
  /** Calls that may be made at once at this time. */
  readonly left: number;
  readonly at: number;
}

const minuteMs = 60_000;
/** Buckets that are kept; those of the users who called longest ago are forgotten first. */
const mostBuckets = 10_000;

const calls: Readonly<Record<LimitedCall, string>> = {
  refresh: "ask a provider anew",
  quote: "ask for a quote",
  list: "list your videos",
};

export function createCallLimits(): CallLimits {
  const buckets = new Map<string, Bucket>();
  const streams = new Map<string, number>();
  return {
    take(uid, call, { callsPerUserPerMinute }, now) {
      const perMinute = callsPerUserPerMinute[call];
      const key = `${call}:${uid}`;
      const before = buckets.get(key) ?? { left: perMinute, at: now };
      const filled = (Math.max(0, now - before.at) / minuteMs) * perMinute;
      const left = Math.min(perMinute, before.left + filled);
      buckets.delete(key);
      if (left < 1) {
        buckets.set(key, { left, at: now });
        throw tooOften(call, perMinute, now + Math.ceil(((1 - left) / perMinute) * minuteMs));
      }
      buckets.set(key, { left: left - 1, at: now });
      const [oldest] = buckets.keys();
      if (buckets.size > mostBuckets && oldest !== undefined) buckets.delete(oldest);
    },
    openStream(uid, { streamsPerUser }) {
      const open = streams.get(uid) ?? 0;
      if (open >= streamsPerUser) {
        const message = `You can follow ${streamsPerUser} videos at once; stop following one first.`;
        throw new RequestError("rate_exceeded", message, { limit: streamsPerUser });
      }
      streams.set(uid, open + 1);
      let isOpen = true;
      return () => {
        if (!isOpen) return;
        isOpen = false;
        const others = (streams.get(uid) ?? 1) - 1;
        if (others === 0) streams.delete(uid);
        else streams.set(uid, others);
      };
    },
  };
}

function tooOften(call: LimitedCall, perMinute: number, retryAt: number): RequestError {
  const again = new Date(retryAt).toISOString();
  const message = `You can ${calls[call]} ${perMinute} times a minute; try again at ${again}.`;
  return new RequestError("rate_exceeded", message, { retryAt, limit: perMinute });
}
