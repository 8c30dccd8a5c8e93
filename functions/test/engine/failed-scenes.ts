import type { Job } from "../../src/domain/job/job.js";
import { retryJob } from "../../src/engine/admin/retry-job.js";
import { retryItem } from "../../src/engine/batch/retry-item.js";
import { submitScenes } from "../../src/engine/batch/submit-batch.js";
import type { Deps } from "../../src/engine/deps.js";
import { retryVideo } from "../../src/engine/job/retry.js";
import { batchOf } from "./clips.js";
import { caller, createWorld, type World, type WorldOptions } from "./world.js";

export const oneScene = {
  scenes: { "1": { imagePrompt: "A cup of tea by the window", visualPrompt: "Steam rises slowly" } },
};

/** The only scene of a batch. */
export interface OneScene {
  readonly world: World;
  readonly batchId: string;
  readonly job: Job;
}

/** Submits it and lets an hour pass. */
export async function submitOneScene(
  options: WorldOptions = {},
  changes: Record<string, unknown> = {},
): Promise<OneScene> {
  const world = createWorld(options);
  const { id: batchId } = await submitScenes(world.deps, caller, { ...oneScene, ...changes });
  await world.run(3_600);
  const job = await world.job((await batchOf(world, batchId)).items["1"]?.jobId ?? "");
  return { world, batchId, job };
}

type Verb = (scene: OneScene, deps?: Deps) => Promise<Job | null>;

/** Every way to start a failed scene again. */
export const verbs: Readonly<Record<"retryJob" | "retryVideo" | "retryItem", Verb>> = {
  retryJob: ({ world, job }, deps = world.deps) => retryJob(deps, "root", job.id),
  retryVideo: ({ world, job }, deps = world.deps) => retryVideo(deps, caller.uid, job.id),
  retryItem: async ({ world, batchId }, deps = world.deps) =>
    retryItem(deps, caller, await batchOf(world, batchId), "1"),
};

export function triesOf({ world, job }: OneScene): Job[] {
  return [...world.database.jobs.values()].filter(({ redriveOf }) => redriveOf === job.id);
}
