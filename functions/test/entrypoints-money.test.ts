import { afterAll, beforeEach, describe, expect, it } from "@jest/globals";
import { plainPrices } from "../src/domain/__fixtures__/policies.js";
import {
  adminCheckCredits,
  adminDrift,
  adminGrantCredits,
  adminListAmbiguous,
  adminPause,
  adminRedrive,
  adminResolveAmbiguous,
  createVideo,
  endTests,
  finishVideos,
  getCredits,
  startVideo,
  useWorld,
} from "./entrypoints/callables.js";
import { call, refusal, textRequest } from "./entrypoints/calls.js";
import type { World } from "./entrypoints/world.js";

let world: World;

beforeEach(() => {
  world = useWorld();
});

afterAll(() => endTests());

const admin = (data: unknown) => call(data, "root", { admin: true });
const jobId = "0".repeat(24);
const inputs = {
  grant: { uid: "ada", credits: 50, note: "support case 12", requestId: "case-12" },
  resolve: { jobId, attempt: 1, resolution: { type: "not_accepted" } },
  pause: { provider: null, paused: true },
};

describe("what administrators do about money", () => {
  it.each<[string, (request: ReturnType<typeof call>) => Promise<unknown>, object]>([
    ["adminGrantCredits", adminGrantCredits, inputs.grant],
    ["adminListAmbiguous", adminListAmbiguous, {}],
    ["adminResolveAmbiguous", adminResolveAmbiguous, inputs.resolve],
    ["adminDrift", adminDrift, {}],
    ["adminCheckCredits", adminCheckCredits, {}],
    ["adminRedrive", adminRedrive, { jobId }],
    ["adminPause", adminPause, inputs.pause],
  ])("is for administrators only, and takes no unknown field: %s", async (_name, callable, input) => {
    for (const claims of [{}, { admin: "true" }]) {
      expect(await refusal(callable(call(input, "ada", claims)))).toMatchObject({
        code: "permission-denied",
      });
    }
    expect(await refusal(callable(admin({ ...input, colour: "red" })))).toMatchObject({
      code: "invalid-argument",
    });
    expect(world.audit.lines).toEqual([]);
  });

  it("grants credits once for one request", async () => {
    await adminGrantCredits(admin(inputs.grant));
    expect(await adminGrantCredits(admin(inputs.grant))).toMatchObject({ balance: 150 });
    expect(await getCredits(call({}, "ada"))).toMatchObject({ balance: 150, granted: 150 });
  });

  it.each([
    ["no amount", { credits: 0 }],
    ["a fraction", { credits: 1.5 }],
    ["no reason", { note: " " }],
    ["a path as user", { uid: "ada/ledger/x" }],
    ["a path as request", { requestId: "a/b" }],
  ])("refuses a grant with %s", async (_name, changes) => {
    expect(await refusal(adminGrantCredits(admin({ ...inputs.grant, ...changes })))).toMatchObject({
      code: "invalid-argument",
    });
  });

  it("finds no unanswered start where all were answered, and resolves none that is not there", async () => {
    expect(await adminListAmbiguous(admin({}))).toEqual({ attempts: [] });
    expect(await refusal(adminResolveAmbiguous(admin(inputs.resolve)))).toMatchObject({ code: "not-found" });
  });

  it("must say which provider a pause is for", async () => {
    expect(await refusal(adminPause(admin({ paused: true })))).toMatchObject({ code: "invalid-argument" });
    expect(await adminPause(admin(inputs.pause))).toEqual({ everywhere: true, providers: [] });
    expect(await refusal(createVideo(call(textRequest, "ada")))).toMatchObject({ code: "unavailable" });
  });

  it("looks through accounts and bills without changing them", async () => {
    await startVideo();
    await finishVideos(world);
    expect(await adminCheckCredits(admin({}))).toEqual({ accounts: 1, violations: [] });
    expect(await adminDrift(admin({}))).toMatchObject({ attempts: 1, models: [{ billed: 0, ratio: null }] });
  });

  it("does not start a finished video again", async () => {
    const id = await startVideo();
    await finishVideos(world);
    expect(await refusal(adminRedrive(admin({ jobId: id })))).toMatchObject({ code: "invalid-argument" });
  });
});

describe("a user whose daily budget is used up", () => {
  it("is told the cap, what is used and when it is new", async () => {
    const budgets = { ...plainPrices.budgets, user: { usd: null, credits: 10 } };
    await world.deps.policies.publish({
      policy: { ...plainPrices, version: 1, budgets },
      author: "root",
      note: "a cap",
      publishedAt: world.deps.now(),
      replaces: 0,
    });
    await startVideo();
    expect(await refusal(createVideo(call(textRequest, "ada")))).toMatchObject({
      code: "resource-exhausted",
      details: {
        reason: "BUDGET_EXCEEDED",
        fault: "budget",
        scope: "user",
        limit: { credits: 10 },
        used: { credits: 10 },
        resetAt: Date.parse("2026-11-22T00:00:00Z"),
      },
    });
  });
});
