import { isTerminal, type Job } from "../../src/domain/job/job.js";
import { submitScene } from "../../src/engine/job/submit.js";
import { caller, type World } from "./world.js";

export const scene = {
  scene: {
    imagePrompt: "A paper boat at the edge of a river, morning light",
    visualPrompt: "The boat sets off down the river",
    durationSeconds: 5,
  },
};

export async function submitExampleScene(world: World, changes: Record<string, unknown> = {}): Promise<Job> {
  return (await submitScene(world.deps, caller, { ...scene, ...changes })).job;
}

/** Moves time on until a job has ended, for longer than any job may take. */
export async function runUntilEnded(world: World, jobId: string): Promise<Job> {
  for (let minutes = 0; minutes < 130; minutes += 1) {
    const job = await world.job(jobId);
    if (isTerminal(job) && job.outbox.length === 0) return job;
    await world.run(60);
  }
  return world.job(jobId);
}

export function partsOf(world: World, jobId: string): Job[] {
  return [...world.database.jobs.values()].filter(({ partOf }) => partOf?.jobId === jobId);
}

export async function ledgerOf(world: World, jobId: string): Promise<string[]> {
  const lines = await world.deps.credits.ledger(caller.uid, 1_000);
  return lines
    .filter((line) => line.jobId === jobId)
    .map(({ id, type, credits }) => `${type} ${credits} ${id.replace(jobId, "")}`)
    .reverse();
}
