import { describe, expect, it } from "@jest/globals";
import { accepted, event, exampleJob, run, seconds } from "../__fixtures__/jobs.js";
import { defaultPolicy } from "../policy/policy.js";
import type { Job, StoreObstacle } from "./job.js";
import { troubleAfter } from "./storing.js";
import { transition } from "./transition.js";

const finishedAt = 60;
const finished = run(exampleJob(), ...accepted, [finishedAt, event.succeeded(1)]).job;
/** Finished ten seconds before its deadline. */
const late: Job = { ...finished, deadlineAt: seconds(finishedAt + 10) };

/** Meets the same obstacle at every try. Returns when the attempt was given up, and after how many tries. */
function giveUp(
  job: Job,
  obstacle: StoreObstacle,
  refusedSha256?: (tries: number) => string,
): { atSecond: number; tries: number } {
  for (let tries = 1; ; tries += 1) {
    const dueAt = job.next?.dueAt ?? 0;
    const file = refusedSha256 === undefined ? {} : { refusedSha256: refusedSha256(tries) };
    const failure = { type: "store_failed", attempt: 1, code: "internal", obstacle, ...file } as const;
    const step = transition(job, failure, dueAt, defaultPolicy);
    if (step === null) throw new Error("absorbed");
    if (step.job.status !== "storing") return { atSecond: (dueAt - seconds(0)) / 1_000, tries };
    job = step.job;
  }
}

describe("a finished file that cannot be stored", () => {
  it("because it is wrong is given up at once", () => {
    expect(giveUp(finished, "bad_file").tries).toBe(1);
  });

  it("because it came cut off or was gone is tried as often as the policy says", () => {
    expect(giveUp(finished, "doubtful_file").tries).toBe(defaultPolicy.limits.storeTries);
  });

  it("because the same bytes were refused twice is given up with the second try", () => {
    expect(giveUp(finished, "doubtful_file", () => "same").tries).toBe(2);
  });

  it("because other bytes were refused each time is tried as often as the policy says", () => {
    const { tries } = giveUp(finished, "doubtful_file", (count) => `file ${count}`);
    expect(tries).toBe(defaultPolicy.limits.storeTries);
  });

  it("because its provider is out of reach is waited for ten minutes, then another may make it", () => {
    const { atSecond } = giveUp(finished, "out_of_reach");
    expect(atSecond).toBeGreaterThanOrEqual(finishedAt + 600);
    expect(atSecond).toBeLessThan(finishedAt + 600 + 375);
  });

  it("because of our own trouble is waited for until half an hour after the deadline", () => {
    const { atSecond, tries } = giveUp(finished, "own_trouble");
    expect(atSecond).toBeGreaterThanOrEqual(3_600 + 1_800);
    expect(atSecond).toBeLessThan(3_600 + 1_800 + 375);
    expect(tries).toBeLessThan(40);
  });

  it.each(["out_of_reach", "own_trouble"] as const)(
    "is waited for half an hour also when the deadline is near, since nobody else could make it: %s",
    (obstacle) => {
      const { atSecond } = giveUp(late, obstacle);
      expect(atSecond).toBeGreaterThanOrEqual(finishedAt + 1_800);
      expect(atSecond).toBeLessThan(finishedAt + 10 + 1_800 + 375);
    },
  );

  it("by turns for several reasons is given up in the end all the same", () => {
    const turns: StoreObstacle[] = ["doubtful_file", "own_trouble", "out_of_reach"];
    let job = finished;
    let tries = 0;
    while (job.status === "storing") {
      const failure = { type: "store_failed", attempt: 1, code: "internal" } as const;
      const obstacle = turns[tries % turns.length] ?? "bad_file";
      const step = transition(job, { ...failure, obstacle }, job.next?.dueAt ?? 0, defaultPolicy);
      job = step?.job ?? { ...job, status: "failed" };
      tries += 1;
    }
    expect(tries).toBeLessThan(40);
    expect(job.updatedAt).toBeLessThan(seconds(3_600 + 1_800 + 375));
  });
});

describe("trouble with storing", () => {
  it("counts tries in a row, and begins anew with another obstacle", () => {
    const doubtful = { obstacle: "doubtful_file" } as const;
    const first = troubleAfter(undefined, doubtful, 5);
    expect(first).toEqual({ obstacle: "doubtful_file", since: 5, tries: 1 });
    expect(troubleAfter(first, doubtful, 9)).toEqual({ ...first, tries: 2 });
    const own = { obstacle: "own_trouble", since: 9, tries: 1 };
    expect(troubleAfter(first, { obstacle: "own_trouble" }, 9)).toEqual(own);
  });

  it("remembers the file that was refused while something else stands in the way", () => {
    const refused = { obstacle: "doubtful_file", refusedSha256: "same" } as const;
    const away = troubleAfter(troubleAfter(undefined, refused, 5), { obstacle: "out_of_reach" }, 6);
    expect(troubleAfter(away, refused, 7)).toMatchObject({ obstacle: "bad_file", tries: 1 });
    const other = { ...refused, refusedSha256: "other" };
    expect(troubleAfter(away, other, 7)).toMatchObject({ obstacle: "doubtful_file", tries: 1 });
  });
});

describe("a try to store that is begun", () => {
  const begin = (job: Job) =>
    transition(job, { type: "store_begun", attempt: 1 }, job.next?.dueAt ?? 0, defaultPolicy)?.job;

  it("is counted before it ends, and changes nothing else of what comes next", () => {
    const begun = begin(finished);
    expect(begun?.next).toEqual({ ...finished.next, begun: 1 });
    expect(begun?.attempts).toEqual(finished.attempts);
  });

  it("is forgotten with its end", () => {
    const begun = begin(finished) ?? finished;
    const failure = { type: "store_failed", attempt: 1, code: "internal", obstacle: "own_trouble" } as const;
    expect(transition(begun, failure, seconds(70), defaultPolicy)?.job.next).not.toHaveProperty("begun");
  });

  it("is the last when twelve before it told no end: the file ends every process that looks at it", () => {
    let job = finished;
    for (let count = 0; count < 12; count += 1) job = begin(job) ?? job;
    expect(job.status).toBe("storing");
    expect(begin(job)?.attempts[0]).toMatchObject({ state: "failed", failure: { code: "bad_output" } });
  });

  it("is late when the file is not stored any more", () => {
    expect(begin({ ...finished, status: "generating" })).toBeUndefined();
  });
});
