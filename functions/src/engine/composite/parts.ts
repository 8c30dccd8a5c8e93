import { creditsForImage } from "../../domain/accounting/credits.js";
import { partId, type StoredPart, storedPart } from "../../domain/job/composite.js";
import { partSteps, type Step } from "../../domain/job/composite-steps.js";
import { compositeAttempt, type Job } from "../../domain/job/job.js";
import { newPart } from "../../domain/job/new-job.js";
import type { Policy } from "../../domain/policy/policy.js";
import type { ModelRequest } from "../../domain/request/request.js";
import { type CompositePlan, partNames } from "../../domain/selection/composite-plan.js";
import { commit } from "../commit.js";
import { deliver } from "../deliver.js";
import type { Deps } from "../deps.js";

/** A part as it stands: kept from an earlier try, begun, or not begun yet. */
export interface Part {
  readonly name: string;
  readonly stored: StoredPart | null;
  readonly job: Job | null;
}

export async function readParts(deps: Deps, whole: Job, plan: CompositePlan): Promise<Part[]> {
  return Promise.all(
    partNames(plan).map(async (name) => {
      const stored = storedPart(whole.composition, name) ?? null;
      const isOfEarlierTry = stored !== null && stored.jobId !== partId(whole.id, name);
      return { name, stored, job: isOfEarlierTry ? null : await deps.jobs.get(partId(whole.id, name)) };
    }),
  );
}

/** Begins a part, once: its id follows from the whole, and its start is the engine's usual one. */
export async function beginPart(deps: Deps, whole: Job, name: string, request: ModelRequest): Promise<Job> {
  const { policy } = await deps.snapshot();
  const fresh = newPart(whole, name, request, policy, deps.now());
  const { job, created } = await deps.jobs.create(fresh, null, 0);
  if (created) {
    deps.log.info("job.part_begun", { jobId: whole.id, part: name, partJobId: job.id });
    await deliver(deps, job);
  }
  return job;
}

/** Writes down how far the parts are. Nothing is written when nothing is new. */
export async function recordParts(
  deps: Deps,
  whole: Job,
  plan: CompositePlan,
  parts: readonly Part[],
): Promise<Job> {
  const attempt = compositeAttempt(whole);
  const known = new Set(whole.composition?.steps.map(({ name }) => name));
  const steps = parts.flatMap((part) => stepsOf(plan, part)).filter(({ name }) => !known.has(name));
  const { policy } = await deps.snapshot();
  const fresh = parts.flatMap((part) => (part.stored === null ? finishedPart(whole, part, policy) : []));
  if (attempt === undefined || (steps.length === 0 && fresh.length === 0)) return whole;
  const event = { type: "progressed", attempt: attempt.number, steps, parts: fresh } as const;
  return (await commit(deps, whole.id, event)) ?? (await deps.jobs.get(whole.id)) ?? whole;
}

function stepsOf(plan: CompositePlan, { name, stored, job }: Part): Step[] {
  const steps = partSteps(plan, name);
  if (stored !== null || job?.status === "completed") return [steps.made, steps.stored];
  return job?.status === "storing" ? [steps.made] : [];
}

function finishedPart(whole: Job, { name, job }: Part, policy: Policy): StoredPart[] {
  if (job?.status !== "completed" || job.output === null) return [];
  const chargedCredits = job.request.kind === "still" ? creditsForImage(whole.request, policy) : 0;
  return [{ name, jobId: job.id, output: job.output, chargedCredits }];
}
