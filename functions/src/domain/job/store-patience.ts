import type { Policy } from "../policy/policy.js";
import type { Attempt, Job } from "./job.js";

/** Why a finished file could not be stored: who has to do better for another try to succeed. */
export type StoreObstacle =
  /** The file is wrong, and will be the next time. */
  | "bad_file"
  /** It came cut off, was gone, or could not be converted well: that may have been bad luck. */
  | "doubtful_file"
  /** The provider or its files cannot be reached. */
  | "out_of_reach"
  /** Our bucket, our checks or our converter do not work: that says nothing about the file. */
  | "own_trouble";

/** An obstacle that was met by every try since then. */
export interface StoreTrouble {
  readonly obstacle: StoreObstacle;
  readonly since: number;
  readonly tries: number;
}

/** After this long another provider makes the video again, rather than the user waits for this file. */
const outOfReachMs = 600_000;
/** A file that is paid for is not lost to trouble that ends within this time, deadline or not. */
const leastPatienceMs = 1_800_000;

export function troubleAfter(
  before: StoreTrouble | undefined,
  obstacle: StoreObstacle,
  now: number,
): StoreTrouble {
  if (before?.obstacle !== obstacle) return { obstacle, since: now, tries: 1 };
  return { ...before, tries: before.tries + 1 };
}

/**
 * Is the same file to be tried again? It is paid for, so it is given up only when it is found wrong,
 * when another one can be had sooner, or when nobody would wait any longer.
 */
export function isTriedAgain(
  job: Job,
  attempt: Attempt,
  { obstacle, since, tries }: StoreTrouble,
  now: number,
  policy: Policy,
): boolean {
  const finishedAt = attempt.endedAt ?? attempt.createdAt;
  if (now >= Math.max(job.deadlineAt, finishedAt) + leastPatienceMs) return false;
  switch (obstacle) {
    case "bad_file":
      return false;
    case "doubtful_file":
      return tries < policy.limits.storeTries;
    case "out_of_reach":
      // Past the deadline nobody else is asked, so there is nothing to be gained by giving up.
      return now < since + outOfReachMs || now >= job.deadlineAt;
    case "own_trouble":
      return true;
  }
}
