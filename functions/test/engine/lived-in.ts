import { describedConverter } from "../../simulation/kit/described-files.js";
import { plainPrices } from "../../src/domain/__fixtures__/policies.js";
import type { Policy } from "../../src/domain/policy/policy.js";
import { audit } from "../../src/engine/admin/audit.js";
import { grantCredits } from "../../src/engine/admin/grant-credits.js";
import { submitClips, submitScenes } from "../../src/engine/batch/submit-batch.js";
import { submitJob } from "../../src/engine/job/submit.js";
import { scene, submitExampleScene } from "./composites.js";
import { caller, createWorld, type World, type WorldOptions } from "./world.js";

const { uid } = caller;

/** Users have budgets, so that what they use is counted. */
export const cappedPrices: Policy = {
  ...plainPrices,
  budgets: { user: { usd: 1_000, credits: 5_000 }, providers: {}, installation: { usd: null } },
};

export interface LivedIn {
  readonly world: World;
  /** Of the jobs and batches of the caller. */
  readonly ids: readonly string[];
}

/** A world in which the caller has one of everything, some of it under way, beside a user `bob`. */
export async function livedInWorld(options: WorldOptions = {}): Promise<LivedIn> {
  const world = createWorld({
    policy: cappedPrices,
    converter: (media) => describedConverter(media, { capabilities: ["join", "lastFrame", "thumbnail"] }),
    ...options,
  });
  const { deps } = world;
  await submitJob(deps, { uid: "bob", tier: "free" }, { kind: "text", prompt: "A kite" });
  await grantCredits(deps, "root", { uid, credits: 500, note: `for ${uid}`, requestId: "g1" });
  await submitExampleScene(world);
  await submitExampleScene(world, { imageAccess: "private" });
  await world.submit({ durationSeconds: 30 });
  const ended = await submitScenes(deps, caller, { scenes: { "1": scene.scene } });
  await world.run(900);
  await world.submit({ requestId: "again" });
  const running = await submitClips(deps, caller, {
    frames: { "1": { first: "https://a.example.com/1.png", last: "https://a.example.com/2.png" } },
    prompt: "It opens",
  });
  await submitExampleScene(world);
  await world.run(20);
  const jobs = await deps.jobs.listAllOf(uid, 1_000, null);
  await nameIn(world, jobs.find(({ partOf }) => partOf === undefined)?.id ?? "");
  return { world, ids: [...jobs, ended, running].map(({ id }) => id) };
}

/** What others keep of a job and of its owner. */
async function nameIn({ deps }: World, jobId: string): Promise<void> {
  await audit(deps, "root", "ambiguous.attach", `${jobId}/1`, { operationId: "op-1" });
  await audit(deps, "root", "job.redriven", "another job", { jobId, credits: 3 });
  await audit(deps, uid, "policy.published", "policy/7", { version: 7 });
  const trial = { owner: jobId, until: deps.now() + 86_400_000 };
  await deps.health.changeCircuit("runway:gen4.5", (circuit) => ({ ...circuit, trial }));
  await deps.deliveries.claim({
    id: "d1",
    provider: "runway",
    deliveryId: "e1",
    jobId,
    attempt: 1,
    receivedAt: deps.now(),
    outcome: "followed",
    expireAt: deps.now() + 86_400_000,
  });
}
