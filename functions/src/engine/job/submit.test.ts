import { describe, expect, it } from "@jest/globals";
import { expectSettled } from "../../../test/engine/settled.js";
import { caller, createWorld } from "../../../test/engine/world.js";
import { RequestError } from "../../domain/errors.js";
import { hashId } from "../../domain/hash.js";
import { parseRequest, requestHash } from "../../domain/request/request.js";
import { submitJob } from "./submit.js";

async function refusal(promise: Promise<unknown>): Promise<RequestError> {
  const error: unknown = await promise.then(
    () => new Error("it was accepted"),
    (reason: unknown) => reason,
  );
  if (error instanceof RequestError) return error;
  throw error;
}

describe("a video request", () => {
  it("becomes a finished, stored, paid-once video", async () => {
    const world = createWorld();
    const { id } = await world.submit();
    await world.run(600);
    const job = await world.job(id);
    expect(job).toMatchObject({ status: "completed", progressPercent: 100, chargedCredits: 10, error: null });
    expect(job.output).toMatchObject({
      path: `videos/owner-1/${id}.mp4`,
      hasAudio: job.attempts[0]?.plan.audio,
    });
    expect(job.attempts).toHaveLength(1);
    expect(world.paidStarts()).toHaveLength(1);
    expect(world.notifier.ended).toHaveLength(1);
    await expectSettled(world);
  });

  it.each([
    ["text", { kind: "text" }],
    ["image", { kind: "image", image: "https://images.example.com/a.png" }],
    [
      "frames",
      {
        kind: "frames",
        firstFrame: "https://images.example.com/a.png",
        lastFrame: "https://images.example.com/b.png",
      },
    ],
    ["avatar", { kind: "avatar", script: "Welcome to our spring collection.", prompt: undefined }],
  ])("of every kind is served: %s", async (_kind, changes) => {
    const world = createWorld();
    const { id } = await world.submit(changes);
    await world.run(1_800);
    expect(await world.job(id)).toMatchObject({ status: "completed" });
    expect(world.paidStarts()).toHaveLength(1);
    await expectSettled(world);
  });

  it("is told before it starts what it will hold, and nobody is asked yet", async () => {
    const world = createWorld();
    const { job, selection } = await submitJob(world.deps, caller, { kind: "text", prompt: "A boat" });
    expect(job).toMatchObject({ status: "queued", heldCredits: 10 });
    expect(selection?.winner?.costUsdMicros).toBeGreaterThan(0);
    expect(world.paidStarts()).toEqual([]);
    expect(await world.deps.credits.account(caller.uid)).toMatchObject({ balance: 990, held: 10 });
  });
});

describe("the same requestId", () => {
  it("gives the same job, however often and however close together it is sent", async () => {
    const world = createWorld();
    const jobs = await Promise.all(Array.from({ length: 10 }, () => world.submit({ requestId: "order-1" })));
    await world.run(600);
    const again = await world.submit({ requestId: "order-1" });
    expect(new Set([...jobs, again].map((job) => job.id)).size).toBe(1);
    expect(again.status).toBe("completed");
    expect(world.paidStarts()).toHaveLength(1);
    await expectSettled(world);
  });

  it("with a different request is refused, and nothing more is held", async () => {
    const world = createWorld();
    const { id, requestHash } = await world.submit({ requestId: "order-1" });
    const error = await refusal(world.submit({ requestId: "order-1", prompt: "Something else" }));
    expect(error).toMatchObject({
      code: "already_exists",
      details: { jobId: id, existingRequestHash: requestHash },
    });
    expect(error.details.requestHash).toMatch(/^[0-9a-f]{64}$/);
    expect(error.details.requestHash).not.toBe(requestHash);
    expect(await world.deps.credits.account(caller.uid)).toMatchObject({ held: 10 });
  });

  it("of another user is another job", async () => {
    const world = createWorld();
    const request = { kind: "text", prompt: "A boat", requestId: "order-1" };
    const mine = await submitJob(world.deps, caller, request);
    const theirs = await submitJob(world.deps, { uid: "owner-2", tier: "free" }, request);
    expect(theirs.job.id).not.toBe(mine.job.id);
  });

  it("is not mistaken where the ids of users hold colons", async () => {
    const world = createWorld();
    const request = { kind: "text", prompt: "A boat" };
    const one = await submitJob(world.deps, { uid: "a:b", tier: "free" }, { ...request, requestId: "c" });
    const other = await submitJob(world.deps, { uid: "a", tier: "free" }, { ...request, requestId: "b:c" });
    expect(other.job).toMatchObject({ uid: "a" });
    expect(other.job.id).not.toBe(one.job.id);
  });

  it("finds the job that the version before has made of it, but not another user's", async () => {
    const world = createWorld();
    const made = await world.submit({ requestId: "x" });
    const uid = `${caller.uid}:b`;
    const earlier = {
      ...made,
      id: hashId(`job:${uid}:c`),
      uid,
      request: { ...made.request, requestId: "c" },
    };
    world.database.jobs.set(earlier.id, earlier);
    const request = { kind: "text", prompt: "A paper boat on a river at dawn", requestId: "c" };
    world.database.jobs.set(earlier.id, { ...earlier, requestHash: requestHash(parseRequest(request)) });

    const again = await submitJob(world.deps, { uid, tier: "free" }, request);
    expect(again.job.id).toBe(earlier.id);
    const mine = await world.submit({ requestId: "b:c" });
    expect(mine.uid).toBe(caller.uid);
    expect(mine.id).not.toBe(earlier.id);
  });
});

describe("a request that cannot be taken", () => {
  it("with a prompt that is too short for every vendor it may go to is refused before credits are held", async () => {
    const world = createWorld();
    const only = { providers: { only: ["runware"] } };
    const error = await refusal(world.submit({ ...only, prompt: "x" }));
    expect(error.code).toBe("invalid_argument");
    expect(Object.values(error.details.reasons as object)).toContain("text_too_short");
    expect(await world.deps.credits.ledger(caller.uid, 10)).not.toContainEqual(
      expect.objectContaining({ type: "hold" }),
    );
    expect((await world.submit({ ...only, prompt: "xy" })).status).toBe("queued");
  });

  it.each<[string, Record<string, unknown>, string, RegExp]>([
    ["is not valid", { durationSeconds: 0 }, "invalid_argument", /durationSeconds/],
    ["names an unknown provider", { providers: { only: ["nobody"] } }, "invalid_argument", /unknown nobody/],
    ["asks for a conversion", { output: { format: "gif" } }, "invalid_argument", /output/],
    [
      "is beyond every model",
      { aspectRatio: "4:3", resolution: "4k", providers: { only: ["runway:gen4.5"] } },
      "invalid_argument",
      /Possible for "text"/,
    ],
    [
      "may cost less than anybody takes",
      { maxCostUsd: 0.000_001 },
      "invalid_argument",
      /No model can make this/,
    ],
  ])("because it %s is refused with its reason", async (_name, changes, code, message) => {
    const world = createWorld();
    const error = await refusal(world.submit(changes));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    expect(world.database.jobs.size).toBe(0);
    expect(world.queue.size()).toBe(0);
  });

  it("for lack of credits is refused before anything is written or sent", async () => {
    const world = createWorld({ credits: 9 });
    const error = await refusal(world.submit());
    expect(error.code).toBe("insufficient_credits");
    expect(error.details).toMatchObject({ needed: 10, available: 9 });
    await world.run(120);
    expect(world.database.jobs.size).toBe(0);
    expect(world.paidStarts()).toEqual([]);
  });

  it("twice with credits for one is taken once", async () => {
    const world = createWorld({ credits: 19 });
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => world.submit()));
    expect(results.filter((result) => result.status === "fulfilled")).toHaveLength(1);
    await world.run(600);
    await expectSettled(world);
  });

  it("because everybody is off is told so, and not to wait for what does not pass by itself", async () => {
    const world = createWorld();
    for (const provider of world.deps.catalogue.providers) await world.deps.health.setSwitch(provider, "off");
    expect(await refusal(world.submit())).toMatchObject({
      code: "no_candidate",
      message: "No provider can take this request now: whoever could make it is switched off.",
      details: { retryAt: null },
      retryable: false,
    });
  });

  it("because starts are paused is told of the pause alone", async () => {
    const world = createWorld();
    await world.deps.health.setSwitch("*", "drain");
    const error = await refusal(world.submit());
    expect(error).toMatchObject({ code: "no_candidate", message: expect.stringContaining("paused") });
    expect(error.details).toEqual({ retryAt: null, paused: true });
  });

  it("because a provider rests is told when to try again", async () => {
    const world = createWorld();
    const { breaker } = (await world.deps.snapshot()).policy;
    for (const id of world.deps.catalogue.providers) {
      await world.deps.health.changeCircuit(id, (circuit) => ({
        ...circuit,
        state: "open",
        openUntil: world.now() + breaker.openSeconds * 1_000,
      }));
    }
    expect(await refusal(world.submit())).toMatchObject({
      code: "no_candidate",
      message: expect.stringMatching(/try again at 2026-/),
      retryable: true,
    });
  });
});

const image = "https://images.example.com/a.png";
const impossible: [field: string, changes: Record<string, unknown>, remedy: RegExp][] = [
  ["maxCostUsd", { maxCostUsd: 0.000_001 }, /The cheapest costs \$0\.\d+: raise maxCostUsd/],
  ["providers.only", { providers: { only: ["heygen"] } }, /name one of runway, runware/],
  [
    "providers.only",
    { providers: { only: ["runway"] }, kind: "avatar", script: "Hi.", prompt: undefined, image },
    /name one of/,
  ],
  ["prompt", { prompt: "x", providers: { only: ["runware"] } }, /Give at least 2 characters/],
  ["deadlineSeconds", { deadlineSeconds: 30 }, /Give at least \d+ s/],
  [
    "durationSeconds",
    { kind: "frames", firstFrame: image, lastFrame: image, durationSeconds: 60 },
    /nearest possible are/,
  ],
  [
    "aspectRatio",
    { aspectRatio: "4:3", resolution: "4k", providers: { only: ["runway:gen4.5"] } },
    /Possible are 16:9/,
  ],
  [
    "prompt",
    { prompt: "x".repeat(3_500), providers: { only: ["runway:gen4.5"] } },
    /at most 1000 characters/,
  ],
  ["resolution", { resolution: "4k", providers: { only: ["runway:gen4.5"] } }, /Possible are 720p/],
  ["providers.exclude", { providers: { exclude: ["runway", "runware"] } }, /Exclude fewer/],
];

describe.each<[string, (world: ReturnType<typeof createWorld>) => Promise<unknown>]>([
  ["while all is well", async () => undefined],
  [
    "while every provider is off",
    ({ deps }) => Promise.all(deps.catalogue.providers.map((id) => deps.health.setSwitch(id, "off"))),
  ],
  ["while runware is off", ({ deps }) => deps.health.setSwitch("runware", "off")],
  ["while starts are paused", ({ deps }) => deps.health.setSwitch("*", "drain")],
])("the impossible, %s,", (_state, arrange) => {
  it.each(impossible)("names %s and the remedy: %j", async (field, changes, remedy) => {
    const world = createWorld();
    await arrange(world);
    const error = await refusal(world.submit(changes));
    expect(error).toMatchObject({ code: "invalid_argument", retryable: false, details: { field } });
    expect(error.message).toMatch(new RegExp(`^${field}: No model can make this`));
    expect(error.message).toMatch(remedy);
    expect(error.message).not.toMatch(/try again/);
  });
});
