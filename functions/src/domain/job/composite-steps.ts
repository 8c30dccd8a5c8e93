import { type CompositePlan, segmentName } from "../selection/composite-plan.js";
import type { Composition, JobStep } from "./composite.js";
import type { Job } from "./job.js";

/** `<part>_made`: the provider has finished it. `<part>_stored`: the file is ours and checked. */
export type StepName =
  | "initialised"
  | "planned"
  | `${string}_made`
  | `${string}_stored`
  | "finalising"
  | "finished";

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
    ...(job.attempts.length > 0 ? [{ name: "planned", percent: firstPercent } as const] : []),
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
