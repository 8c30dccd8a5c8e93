import { earlierPrice } from "../../domain/accounting/price.js";
import { storedPart } from "../../domain/job/composition.js";
import { findAttempt, isTerminal, type Job, type StoredPart } from "../../domain/job/job.js";
import { newPart } from "../../domain/job/new-job.js";
import { partSteps, type Step } from "../../domain/job/progress.js";
import type { ModelRequest } from "../../domain/request/request.js";
import type { CompositePlan } from "../../domain/selection/composite-plan.js";
import { commit } from "../commit.js";
import type { Deps } from "../deps.js";
import { apply, deliver } from "../outbox.js";
import { costOf, type Part, readParts } from "./parts.js";
import { sceneStep } from "./scene.js";
import { segmentStep } from "./segments.js";

/**
 * Brings a job that is made of parts as far as it can come now: writes down what its parts have become,
 * and begins those that may begin. All of it follows from documents, so whoever is interrupted is simply
 * repeated.
 */
export async function advance(deps: Deps, wholeId: string): Promise<void> {
  const found = await deps.jobs.get(wholeId);
  const plan = found?.composition?.plan;
  if (found === null || plan === undefined) return;
  // A part has come to its end after the whole: it may be the last that had to be stopped.
  if (isTerminal(found)) return deliver(deps, found);
  if (found.status !== "generating") return;
  const parts = await readParts(deps, found, plan);
  const whole = await recordParts(deps, found, plan, parts);
  const costUsdMicros = costOf(parts);
  if (parts.every(({ name }) => storedPart(whole.composition, name) !== undefined)) {
    await apply(deps, wholeId, { type: "parts_ready", costUsdMicros });
    return;
  }
  if (deps.now() >= whole.deadlineAt) {
    const blame = parts.some(({ job }) => waitsForStorage(job)) ? { isStorageToBlame: true as const } : {};
    await apply(deps, wholeId, { type: "deadline_passed", ...blame });
    return;
  }
  const lost = parts.find(({ job }) => job?.status === "failed" || job?.status === "cancelled");
  const isOpen = parts.some(({ job }) => job !== null && !isTerminal(job));
  if (lost === undefined && whole.status === "generating") await beginParts(deps, whole, plan, parts);
  // What others are still making is paid for, and a new try need not make it again.
  if (lost === undefined || isOpen) return;
  const code = lost.job?.error?.code ?? "processing_failed";
  deps.log.warn("job.part_failed", { jobId: wholeId, part: lost.name, code });
  await apply(deps, wholeId, { type: "part_lost", code, costUsdMicros });
}

/** Is its provider done, and our own trouble all that keeps its file from being stored? */
function waitsForStorage(part: Job | null): boolean {
  if (part?.status !== "storing" || part.next?.step !== "store") return false;
  const attempt = findAttempt(part, part.next.attempt ?? 0);
  return attempt?.storeTrouble?.obstacle === "own_trouble";
}

/** Writes down how far the parts are. Nothing is written when nothing is new. */
async function recordParts(
  deps: Deps,
  whole: Job,
  plan: CompositePlan,
  parts: readonly Part[],
): Promise<Job> {
  const known = new Set(whole.composition?.steps.map(({ name }) => name));
  const steps = parts.flatMap((part) => stepsOf(plan, part)).filter(({ name }) => !known.has(name));
  const fresh = parts.flatMap((part) => (part.stored === null ? finishedPart(whole, part) : []));
  if (steps.length === 0 && fresh.length === 0) return whole;
  const event = { type: "parts_progressed", steps, parts: fresh } as const;
  return (await commit(deps, whole.id, event)) ?? (await deps.jobs.get(whole.id)) ?? whole;
}

function stepsOf(plan: CompositePlan, { name, stored, job }: Part): Step[] {
  const steps = partSteps(plan, name);
  if (stored !== null || job?.status === "completed") return [steps.made, steps.stored];
  return job?.status === "storing" ? [steps.made] : [];
}

function finishedPart(whole: Job, { name, job }: Part): StoredPart[] {
  if (job?.status !== "completed" || job.output === null) return [];
  const price = whole.price ?? earlierPrice(whole.request, whole.heldCredits + whole.chargedCredits);
  const chargedCredits = job.request.kind === "still" ? price.imageCredits : 0;
  return [{ name, jobId: job.id, output: job.output, chargedCredits }];
}

async function beginParts(
  deps: Deps,
  whole: Job,
  plan: CompositePlan,
  parts: readonly Part[],
): Promise<void> {
  for (const [index, { name, job }] of parts.entries()) {
    if (job !== null || storedPart(whole.composition, name) !== undefined) continue;
    const request =
      plan.type === "scene"
        ? await sceneStep(deps, whole, name, costOf(parts))
        : await segmentStep(deps, whole, plan, index + 1);
    if (request === null) return;
    await beginPart(deps, whole, name, request);
  }
}

/** Begins a part, once: its id follows from the whole, and its start is the engine's usual one. */
async function beginPart(deps: Deps, whole: Job, name: string, request: ModelRequest): Promise<void> {
  const { policy } = await deps.snapshot();
  const fresh = newPart(whole, name, request, policy, deps.now(), deps.newId());
  const { job, created } = await deps.jobs.create(fresh, null, 0);
  if (!created) return;
  deps.log.info("job.part_begun", { jobId: whole.id, part: name, partJobId: job.id });
  await deliver(deps, job);
}
