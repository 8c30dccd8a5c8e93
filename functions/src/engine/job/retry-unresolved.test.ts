import { describe, expect, it } from "@jest/globals";
import { refusal } from "../../../test/engine/clips.js";
import { partsOf } from "../../../test/engine/composites.js";
import { type OneScene, submitOneScene, triesOf, verbs } from "../../../test/engine/failed-scenes.js";
import { expectSettled } from "../../../test/engine/settled.js";
import type { WorldOptions } from "../../../test/engine/world.js";
import { defaultPolicy } from "../../domain/policy/policy.js";
import { listUnresolved, resolveAmbiguous } from "../admin/resolve-ambiguous.js";

const onRunway = { providers: { only: ["runway:gen4_image", "runway:gen4_turbo"] } };

/** A scene that failed because the answer to the start of its picture was lost. */
async function unanswered(options: WorldOptions = {}): Promise<OneScene> {
  const scene = await submitOneScene({ faults: ["runway:lost*1"], ...options }, onRunway);
  expect(scene.job).toMatchObject({ status: "failed", error: { code: "ambiguous_start" } });
  expect(scene.world.paidStarts()).toHaveLength(1);
  return scene;
}

async function resolveIt({ world }: OneScene): Promise<void> {
  const [{ jobId, attempt } = { jobId: "", attempt: 0 }] = await listUnresolved(world.deps, 10);
  await resolveAmbiguous(world.deps, "root", { jobId, attempt, verdict: { type: "write_off" } });
}

describe("a scene whose part may have been paid although nobody answered", () => {
  it.each(Object.entries(verbs))("is not paid a third time by %s", async (_name, verb) => {
    const scene = await unanswered();
    await refusal(verb(scene));
    await scene.world.run(1_800);
    expect(triesOf(scene)).toEqual([]);
    expect(scene.world.paidStarts()).toHaveLength(1);
    await expectSettled(scene.world);
  });

  it.each(Object.entries(verbs))("is started by %s once somebody has resolved it", async (_name, verb) => {
    const scene = await unanswered();
    await resolveIt(scene);
    await verb(scene);
    await scene.world.run(1_800);
    expect(triesOf(scene)).toMatchObject([{ status: "completed" }]);
    await expectSettled(scene.world);
  });

  it("tells an administrator which start of which part it is", async () => {
    const scene = await unanswered();
    const [image] = partsOf(scene.world, scene.job.id);
    expect(await refusal(verbs.retryJob(scene))).toMatchObject({
      code: "invalid_argument",
      message: `jobId: a start was never answered and may have been paid; resolve it first: ${image?.id}/1`,
    });
  });

  it.each([
    ["jobId", verbs.retryVideo],
    ["key", verbs.retryItem],
  ] as const)("tells its owner, who named it by its %s, that nothing was sent again", async (field, verb) => {
    expect(await refusal(verb(await unanswered()))).toMatchObject({
      code: "ambiguous_start",
      message: `${field}: its last start was never answered and is still being clarified; nothing was sent again. Try again later.`,
      details: { field },
    });
  });
});

it("a scene whose unanswered part was made by another model is tried again from there on", async () => {
  let refuses = true;
  const scene = await submitOneScene(
    {
      faults: ["runway:lost*1"],
      wrap: (provider) => ({
        ...provider,
        start: (plan, context) =>
          refuses && plan.mode === "image"
            ? Promise.resolve({ status: "refused", failure: { code: "expired" } })
            : provider.start(plan, context),
      }),
    },
    { providers: { only: ["runway", "runware"], prefer: ["runway"] } },
  );
  expect(scene.job).toMatchObject({ status: "failed", composition: { parts: [{ name: "image" }] } });
  expect(await listUnresolved(scene.world.deps, 10)).toHaveLength(1);
  refuses = false;
  const paid = scene.world.paidStarts().length;
  await verbs.retryVideo(scene);
  await scene.world.run(1_800);
  expect(triesOf(scene)).toMatchObject([{ status: "completed" }]);
  expect(scene.world.paidStarts()).toHaveLength(paid + 1);
});

describe("where the policy fails over at once", () => {
  const policy = { ...defaultPolicy, ambiguous: { action: "failOver", waitSeconds: 900 } } as const;

  it.each([
    ["retryVideo", verbs.retryVideo],
    ["retryItem", verbs.retryItem],
  ] as const)("%s goes on, and that it may be paid twice is on record", async (_name, verb) => {
    const scene = await unanswered({ policy });
    const { world, job } = scene;
    const again = await verb(scene);
    await world.run(1_800);
    expect(triesOf(scene)).toMatchObject([{ id: again?.id, status: "completed" }]);
    const [image] = partsOf(world, job.id);
    expect(world.log.lines).toContainEqual({
      level: "warn",
      event: "job.started_again_unresolved",
      fields: { jobId: job.id, again: again?.id, unresolved: `${image?.id}/1` },
    });
    expect(await listUnresolved(world.deps, 10)).toMatchObject([{ jobId: image?.id, attempt: 1 }]);
    await expectSettled(world);
  });

  it("an administrator still has to resolve it first", async () => {
    expect(await refusal(verbs.retryJob(await unanswered({ policy })))).toMatchObject({
      message: expect.stringContaining("resolve it first"),
    });
  });
});
