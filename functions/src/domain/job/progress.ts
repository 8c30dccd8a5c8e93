import { type CompositePlan, segmentName } from "../selection/composite-plan.js";
import { etaOf } from "./eta.js";
import {
  type Composition,
  isTerminal,
  type Job,
  type JobStatus,
  type JobStep,
  openStart,
  type StepName,
} from "./job.js";

/** Where a job stands, in words for a person. Computed, except for the percentage that never falls. */
export interface Progress {
  readonly percent: number;
  readonly stage: string;
}

const ranges: Record<JobStatus, readonly [from: number, to: number]> = {
  queued: [0, 10],
  generating: [10, 85],
  storing: [85, 99],
  completed: [100, 100],
  failed: [0, 100],
  cancelled: [0, 100],
};

/** Percentage when a status is entered. */
export function percentAt(status: JobStatus): number {
  return ranges[status][0];
}

/**
 * Progress at a moment. While a provider works, time stands in for the number that most do not
 * give: half-way at P50 and slowing down, so it moves to the end without ever arriving early.
 */
export function progressOf(job: Job, now: number): Progress {
  const running = job.attempts.find((attempt) => attempt.state === "running");
  const stage = stageOf(job);
  if (job.composition !== undefined) return { percent: job.progressPercent, stage };
  if (job.status !== "generating" || running?.acceptedAt == null) {
    return { percent: job.progressPercent, stage };
  }
  const elapsedSeconds = Math.max(0, now - running.acceptedAt) / 1_000;
  const done = elapsedSeconds / (elapsedSeconds + running.typical.p50Seconds);
  const [from, to] = ranges.generating;
  return { percent: Math.max(job.progressPercent, Math.floor(from + done * (to - from))), stage };
}

function stageOf(job: Job): string {
  const step = job.composition?.steps.at(-1);
  if (step !== undefined && !isTerminal(job)) return describeStep(step.name);
  switch (job.status) {
    case "queued":
      return stageBeforeGenerating(job);
    case "generating":
      return "Making the video";
    case "storing":
      return "Checking and storing the video";
    case "completed":
      return "Finished";
    case "failed":
      return "Failed";
    case "cancelled":
      return "Cancelled";
  }
}

function stageBeforeGenerating(job: Job): string {
  const open = openStart(job);
  if (open !== undefined)
    return open.state === "ambiguous" ? "Waiting for the provider's answer" : "Starting";
  const waitsFor = job.next?.step === "start" ? job.next.waitsFor : undefined;
  if (waitsFor === "pause") return "Waiting: new videos are paused at the moment";
  if (waitsFor === "provider") return "Waiting for a provider";
  return job.attempts.length === 0 ? "Waiting to start" : "Choosing another provider";
}

/** Seconds until what is being made has been made; `null` also for what waits to be started. */
export function remainingSeconds(job: Job, now: number): number | null {
  return job.status === "queued" ? null : (etaOf(job, now)?.remainingSeconds ?? null);
}

export type Step = Pick<JobStep, "name" | "percent">;

const firstPercent = 15;
const lastPercent = 75;

/** The steps of a part and how far the whole is with them. */
export function partSteps(plan: CompositePlan, name: string): { readonly made: Step; readonly stored: Step } {
  const [madePercent, storedPercent] = percentsOf(plan, name);
  return {
    made: { name: `${name}_made`, percent: madePercent },
    stored: { name: `${name}_stored`, percent: storedPercent },
  };
}

function percentsOf(plan: CompositePlan, name: string): readonly [made: number, stored: number] {
  if (plan.type === "scene") return name === "image" ? [35, 40] : [70, lastPercent];
  const count = plan.seconds.length;
  const number =
    Array.from({ length: count }, (_, index) => index + 1).find((n) => segmentName(n) === name) ?? 1;
  const share = (lastPercent - firstPercent) / count;
  const stored = firstPercent + number * share;
  return [Math.round(stored - share / 5), Math.round(stored)];
}

/** What a new composite job has already done. */
export function firstSteps(now: number): readonly JobStep[] {
  return [{ name: "initialised", percent: 5, at: now }];
}

/** The steps that a job's own state tells; those of its parts are reported. */
export function ownSteps(job: Job): readonly Step[] {
  return [
    ...(job.composition?.estimate !== undefined ? [{ name: "planned", percent: firstPercent } as const] : []),
    ...(job.status === "storing" || job.status === "completed"
      ? [{ name: "finalising", percent: 95 } as const]
      : []),
    ...(job.status === "completed" ? [{ name: "finished", percent: 100 } as const] : []),
  ];
}

/** Adds the steps that are new, in order and never below what was reached before. */
export function withSteps(composition: Composition, steps: readonly Step[], now: number): Composition {
  const known = new Set(composition.steps.map(({ name }) => name));
  const fresh = steps.filter(({ name }) => !known.has(name));
  if (fresh.length === 0) return composition;
  let reached = composition.steps.at(-1)?.percent ?? 0;
  const added = fresh.map(({ name, percent }) => {
    reached = Math.max(reached, percent);
    return { name, percent: reached, at: now };
  });
  return { ...composition, steps: [...composition.steps, ...added] };
}

/** The same in words for a person. */
export function describeStep(name: StepName): string {
  const part = /^(.+)_(made|stored)$/.exec(name);
  if (part !== null) {
    const [, what = "", done] = part;
    const words = what.replace("-", " ");
    return done === "made" ? `Checking and storing the ${words}` : `The ${words} is stored`;
  }
  switch (name) {
    case "initialised":
      return "Waiting to start";
    case "planned":
      return "Making the first part";
    case "finalising":
      return "Putting it together";
    default:
      return "Finished";
  }
}
