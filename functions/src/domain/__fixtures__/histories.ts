import fc from "fast-check";
import type { BudgetLine } from "../accounting/budget.js";
import type { LedgerEntry } from "../accounting/credits.js";
import type { JobEvent } from "../job/event.js";
import { type Job, openStart } from "../job/job.js";
import { transition } from "../job/transition.js";
import { defaultPolicy, type Policy } from "../policy/policy.js";
import { event, exampleJob, startedAt } from "./jobs.js";

/** One random step: some time passes, and one of the events that could be heard of then. */
interface Step {
  readonly waitSeconds: number;
  readonly choice: number;
  /** Also events that fit nothing, as a bug or an attacker would send them. */
  readonly wild: boolean;
}

const steps = fc.array(
  fc.record({
    waitSeconds: fc.constantFrom(0, 0, 1, 20, 61, 400, 1_000),
    choice: fc.nat(10_000),
    wild: fc.boolean(),
  }),
  { maxLength: 40 },
);

export interface History {
  readonly start: Job;
  readonly end: Job;
  readonly ledger: readonly LedgerEntry[];
  readonly budget: readonly BudgetLine[];
  readonly notified: number;
}

export interface TakenStep {
  readonly before: Job;
  readonly after: Job;
  readonly happening: JobEvent;
  readonly now: number;
}

interface TakenTransition extends TakenStep {
  readonly ledger: readonly LedgerEntry[];
  readonly budget: readonly BudgetLine[];
}

export function forAnyHistory(check: (history: History) => void, policy: Policy = defaultPolicy): void {
  fc.assert(
    fc.property(steps, (some) => {
      const start = exampleJob(policy);
      const taken = play(start, some, policy);
      const notices = new Set(
        taken.flatMap(({ after }) => after.outbox.filter((one) => one.type === "notify")),
      );
      check({
        start,
        end: taken.at(-1)?.after ?? start,
        ledger: taken.flatMap(({ ledger }) => ledger),
        budget: taken.flatMap(({ budget }) => budget),
        notified: new Set([...notices].map(({ id }) => id)).size,
      });
    }),
    { numRuns: 1_000 },
  );
}

export function forAnyStep(check: (step: TakenStep) => void, policy: Policy = defaultPolicy): void {
  fc.assert(
    fc.property(steps, (some) => {
      for (const step of play(exampleJob(policy), some, policy)) check(step);
    }),
    { numRuns: 1_000 },
  );
}

function play(start: Job, some: readonly Step[], policy: Policy = defaultPolicy): TakenTransition[] {
  const taken: TakenTransition[] = [];
  let job = start;
  let now = startedAt;
  for (const { waitSeconds, choice, wild } of some) {
    now += waitSeconds * 1_000;
    const possible = wild ? anyEvent(job, now) : likelyEvents(job, now);
    const happening = possible[choice % possible.length];
    if (happening === undefined) continue;
    const step = transition(job, happening, now, policy);
    if (step === null) continue;
    const { ledger, budget = [] } = step;
    taken.push({ before: job, after: step.job, happening, now, ledger, budget });
    job = step.job;
  }
  return taken;
}

/** What the world would say next about a job in this state, good and bad. */
function likelyEvents(job: Job, now: number): JobEvent[] {
  const open = openStart(job);
  const likely: JobEvent[] = [event.deadline()];
  if (open !== undefined) likely.push(...startEvents(open.number, now));
  else if (job.status === "queued") likely.push(event.claim(job.attempts.length + 1, {}, now + 30_000));
  for (const attempt of job.attempts) {
    if (attempt.state === "unanswered" || attempt.state === "written_off")
      likely.push(event.accepted(attempt.number), ...resolutions(attempt.number));
    if (!["running", "given_up", "lost", "unanswered", "written_off"].includes(attempt.state)) continue;
    likely.push(event.succeeded(attempt.number), event.failed(attempt.number, "processing_failed", 5));
    likely.push(event.timedOut(attempt.number));
  }
  if (job.next?.step === "store" && job.next.attempt !== null) {
    likely.push(event.stored(job.next.attempt), event.storeFailed(job.next.attempt, false));
    likely.push(event.storeFailed(job.next.attempt, true, "upload_failed"));
  }
  return likely;
}

function startEvents(number: number, now: number): JobEvent[] {
  return [
    event.accepted(number),
    event.refused(number),
    event.unanswered(number, true),
    event.unanswered(number, false),
    event.withheld(number),
    event.resent(number, now + 30_000),
    event.ambiguityExpired(number),
    ...resolutions(number),
  ];
}

/** What an administrator may say of an unanswered start. */
function resolutions(number: number): JobEvent[] {
  return [
    event.resolved(number, { type: "attach", operation: { taskId: "found" } }),
    event.resolved(number, { type: "not_accepted" }),
    event.resolved(number, { type: "write_off" }),
  ];
}

/** Every kind of event about every attempt, whether it makes sense or not. */
function anyEvent(job: Job, now: number): JobEvent[] {
  const numbers = [...job.attempts.map((attempt) => attempt.number), job.attempts.length + 1];
  return [
    event.cancel(),
    event.deadline(),
    event.impossible(),
    event.postponed(now + 5_000),
    event.delivered(job.outbox.slice(0, 1).map((effect) => effect.id)),
    ...numbers.flatMap((number) => [
      ...startEvents(number, now),
      event.claim(number, {}, now + 30_000),
      event.refused(number, "content_blocked"),
      event.succeeded(number, 7),
      event.failed(number, "content_blocked"),
      event.ended(number, "cancelled"),
      event.ended(number, "missing"),
      event.timedOut(number),
      event.stored(number, 3),
      event.stored(number, 99),
      event.storeFailed(number, true),
      event.cancelAnswered(number, number % 2 === 0),
      event.cancelledTooLate(number, { status: "cancelled", costUsdMicros: 5 }),
      event.lateResultDue(number),
    ]),
  ];
}
