import type { Batch } from "../../src/domain/batch/batch.js";
import { RequestError } from "../../src/domain/errors.js";
import { submitClips } from "../../src/engine/batch/submit-batch.js";
import { caller, createWorld, type World } from "./world.js";

export const images = "https://images.example.com";

export function pairs(count: number) {
  const keys = Array.from({ length: count }, (_, index) => String(index + 1));
  return Object.fromEntries(
    keys.map((key) => [key, { first: `${images}/${key}a.png`, last: `${images}/${key}b.png` }]),
  );
}

/** Five clips of eight seconds: 16 credits each. The one model honours its key and bills each start once. */
export const fiveClips = {
  frames: pairs(5),
  // Of the shape of the file that the simulated world delivers.
  aspectRatio: "16:9",
  prompt: "The seed grows into a tall tree",
  providers: { only: ["runware:google:3@3"] },
};

export async function batchOf(world: World, id: string): Promise<Batch> {
  const batch = await world.deps.batches.get(id);
  if (batch === null) throw new Error(`no batch ${id}`);
  return batch;
}

export async function refusal(promise: Promise<unknown>): Promise<RequestError> {
  const error: unknown = await promise.then(
    () => new Error("it was accepted"),
    (reason: unknown) => reason,
  );
  if (error instanceof RequestError) return error;
  throw error;
}

export function keyOf(batch: Batch, status: string): string {
  return Object.entries(batch.items).find(([, item]) => item.status === status)?.[0] ?? "";
}

/** Five clips of which the first one that starts is accepted and then fails. */
export async function oneFailed(): Promise<{ world: World; id: string; key: string }> {
  const world = createWorld({ faults: ["runware:fail*1"] });
  const { id } = await submitClips(world.deps, caller, fiveClips);
  await world.run(900);
  return { world, id, key: keyOf(await batchOf(world, id), "failed") };
}
