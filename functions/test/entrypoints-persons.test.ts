import { afterAll, describe, expect, it } from "@jest/globals";
import {
  adminDeleteUser,
  createVideo,
  deleteMyData,
  endTests,
  finishVideos,
  getCredits,
  getVideo,
  runDueTasks,
  startVideo,
  userDeleted,
  useWorld,
} from "./entrypoints/callables.js";
import { call, refusal, textRequest } from "./entrypoints/calls.js";

afterAll(endTests);

const confirmed = { confirm: "delete everything" };
const root = { admin: true };

describe("deleteMyData", () => {
  it("deletes everything of its caller, and of nobody else", async () => {
    const world = useWorld();
    const jobId = await startVideo("ada");
    const other = await startVideo("bob");
    await runDueTasks(world);
    const answer = await deleteMyData(call(confirmed, "ada"));
    expect(answer.requestedAt).toBe(world.deps.now());
    expect(answer.expectedEndAt).toBeGreaterThan(answer.requestedAt);
    // No sweeper runs here, so the tasks alone have to carry it to its end.
    await finishVideos(world);
    expect(await refusal(getVideo(call({ jobId }, "ada")))).toMatchObject({ code: "not-found" });
    expect((await getVideo(call({ jobId: other }, "bob"))).status).toBe("completed");
    expect(await world.deps.persons.count("ada")).toMatchObject({
      jobs: 0,
      ledgerLines: 0,
      inboxMessages: 0,
    });
    expect(await world.deps.persons.deletion("ada")).toBeNull();
  });

  it("refuses new videos meanwhile, and says why", async () => {
    useWorld();
    await deleteMyData(call(confirmed, "ada"));
    expect(await refusal(createVideo(call(textRequest, "ada")))).toMatchObject({
      code: "failed-precondition",
      details: { reason: "BEING_DELETED", fault: "user", retryable: true },
    });
    expect((await createVideo(call(textRequest, "bob"))).status).toBe("queued");
  });

  it.each([{}, { confirm: true }, { confirm: "yes" }, { ...confirmed, uid: "bob" }])(
    "needs the words that confirm it, and no more: %j",
    async (input) => {
      const world = useWorld();
      await startVideo("ada");
      expect(await refusal(deleteMyData(call(input, "ada")))).toMatchObject({ code: "invalid-argument" });
      expect(await world.deps.persons.deletion("ada")).toBeNull();
    },
  );

  it("needs somebody who is signed in", async () => {
    useWorld();
    expect(await refusal(deleteMyData(call(confirmed)))).toMatchObject({ code: "unauthenticated" });
  });
});

describe("adminDeleteUser", () => {
  it("tells at first what there is, and deletes nothing", async () => {
    const world = useWorld();
    await startVideo("ada");
    await finishVideos(world);
    expect(await adminDeleteUser(call({ uid: "ada" }, "root", root))).toEqual({
      dryRun: true,
      documents: {
        jobs: 1,
        attempts: 1,
        batches: 0,
        ledgerLines: 3,
        inboxMessages: 1,
        webhookDeliveries: 0,
        budgets: 0,
        auditLines: 0,
        policies: 0,
      },
      files: 1,
      bytes: 5,
    });
    expect(await world.deps.persons.deletion("ada")).toBeNull();
    expect(world.audit.lines).toEqual([]);
  });

  it("deletes when it is said, and leaves a line that names nobody", async () => {
    const world = useWorld();
    await startVideo("ada");
    await finishVideos(world);
    const answer = await adminDeleteUser(call({ uid: "ada", dryRun: false }, "root", root));
    expect(answer).toMatchObject({ dryRun: false, requestedAt: world.deps.now() });
    await finishVideos(world);
    expect(await world.deps.media.list("", 10, null)).toEqual([]);
    expect(await world.deps.persons.count("ada")).toMatchObject({ jobs: 0, ledgerLines: 0 });
    expect(world.audit.lines).toMatchObject([{ actor: "root", action: "person.deletion_requested" }]);
    expect(JSON.stringify(world.audit.lines)).not.toContain("ada");
  });

  it("is for administrators", async () => {
    useWorld();
    expect(await refusal(adminDeleteUser(call({ uid: "ada" }, "bob")))).toMatchObject({
      code: "permission-denied",
    });
  });
});

describe("an account that is deleted", () => {
  it("takes all data of the person along", async () => {
    const world = useWorld();
    await startVideo("ada");
    await userDeleted("ada");
    await userDeleted("ada");
    await finishVideos(world);
    expect(await world.deps.persons.count("ada")).toMatchObject({ jobs: 0, ledgerLines: 0 });
    expect((await getCredits(call({}, "ada"))).ledger).toEqual([]);
  });
});
