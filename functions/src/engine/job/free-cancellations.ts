import { dayMs, utcDay } from "../../domain/day.js";
import { RequestError } from "../../domain/errors.js";
import { wasStoppedForNothing } from "../../domain/job/cancelling.js";
import type { Policy } from "../../domain/policy/policy.js";
import type { Deps } from "../deps.js";

const pageSize = 100;

/**
 * Refuses a start of a user who has used up the free cancellations of the day. Reads nothing where every
 * cancellation is charged. Throws `RequestError`.
 */
export async function checkFreeCancellations(deps: Deps, uid: string, policy: Policy): Promise<void> {
  if (await mayCancelForNothing(deps, uid, policy)) return;
  const limit = policy.cancellation.freeCancellationsPerUserPerDay;
  const retryAt = Date.parse(utcDay(deps.now())) + dayMs;
  const message = `You have used the ${limit} free cancellations of today; you can start videos again at ${new Date(retryAt).toISOString()}.`;
  throw new RequestError("rate_exceeded", message, { retryAt, limit });
}

/**
 * Is one more free cancellation left, where the policy has any? Counted from the jobs themselves, so that
 * nothing can be lost; those that a user cancels at the same moment may be a few too many.
 */
export async function mayCancelForNothing(deps: Deps, uid: string, policy: Policy): Promise<boolean> {
  const { charge, freeCancellationsPerUserPerDay } = policy.cancellation;
  if (charge !== "nothing") return true;
  return !(await haveCancelledToday(deps, uid, freeCancellationsPerUserPerDay));
}

async function haveCancelledToday(deps: Deps, uid: string, count: number): Promise<boolean> {
  const today = utcDay(deps.now());
  // The longest deadline is a day: what was created before cannot have been cancelled today.
  const since = Date.parse(today) - dayMs;
  let found = 0;
  let pageToken: string | undefined;
  do {
    const more = pageToken === undefined ? {} : { pageToken };
    const { items, nextPageToken } = await deps.jobs.listByOwner(uid, { limit: pageSize, ...more });
    found += items.filter(
      (job) => wasStoppedForNothing(job) && utcDay(job.cancellation?.requestedAt ?? 0) === today,
    ).length;
    if (found >= count) return true;
    const isOver = items.some(({ createdAt }) => createdAt < since);
    pageToken = isOver ? undefined : (nextPageToken ?? undefined);
  } while (pageToken !== undefined);
  return found >= count;
}
