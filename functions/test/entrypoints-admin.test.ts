import { afterAll, beforeEach, describe, expect, it } from "@jest/globals";
import { plainPrices } from "../src/domain/__fixtures__/policies.js";
import { defaultPolicy } from "../src/domain/policy/policy.js";
import {
  adminBatchStatusCheck,
  adminDryRunPolicy,
  adminPolicy,
  adminProviders,
  adminRunHealthCheck,
  adminSetPolicy,
  adminSetProvider,
  createVideo,
  endTests,
  quoteVideo,
  runDueTasks,
  startVideo,
  useWorld,
} from "./entrypoints/callables.js";
import { call, refusal, textRequest } from "./entrypoints/calls.js";
import type { World } from "./entrypoints/world.js";

const admin = { admin: true };
const policy = { ...plainPrices, priorities: { "runway:gen4.5": 1 } };
/** A valid input for every callable that only an administrator may use. */
const adminCallables: readonly [string, (request: ReturnType<typeof call>) => Promise<unknown>, object][] = [
  ["adminBatchStatusCheck", adminBatchStatusCheck, {}],
  ["adminProviders", adminProviders, {}],
  ["adminSetProvider", adminSetProvider, { action: "off", target: "runway" }],
  ["adminPolicy", adminPolicy, {}],
  ["adminSetPolicy", adminSetPolicy, { action: "publish", policy, note: "try it", acceptWarnings: true }],
  ["adminDryRunPolicy", adminDryRunPolicy, { policy }],
  ["adminRunHealthCheck", adminRunHealthCheck, {}],
];

let world: World;

beforeEach(() => {
  world = useWorld();
});

afterAll(() => endTests());

describe("a callable for administrators", () => {
  it.each(adminCallables)(
    "%s is refused to strangers, users and pretenders, and does nothing",
    async (...row) => {
      const [, callable, input] = row;
      expect(await refusal(callable(call(input)))).toMatchObject({ code: "unauthenticated" });
      for (const claims of [{}, { admin: "true" }, { admin: 1 }]) {
        expect(await refusal(callable(call(input, "eve", claims)))).toMatchObject({
          code: "permission-denied",
          details: { reason: "ADMIN_ONLY" },
        });
      }
      expect(world.audit.lines).toEqual([]);
      expect((await world.deps.snapshot()).health.switches).toEqual({});
    },
  );

  it.each(adminCallables)(
    "%s answers an administrator, and names a field that it does not know",
    async (...row) => {
      const [, callable, input] = row;
      const error = await refusal(callable(call({ ...input, colour: "red" }, "root", admin)));
      expect(error).toMatchObject({ code: "invalid-argument" });
      expect(error.message).toContain("unknown field colour");
      expect(world.audit.lines).toEqual([]);
      await callable(call(input, "root", admin));
    },
  );

  it.each(adminCallables)("%s leaves an audit line exactly when it changes something", async (...row) => {
    const [name, callable, input] = row;
    await callable(call(input, "root", admin));
    const reads = ["adminProviders", "adminPolicy", "adminDryRunPolicy"];
    expect(world.audit.lines.map(({ actor }) => actor)).toEqual(reads.includes(name) ? [] : ["root"]);
  });
});

describe("adminSetProvider", () => {
  const set = (action: string, target: string) => adminSetProvider(call({ action, target }, "root", admin));

  it("answers with the list as it is now", async () => {
    const { providers } = await set("drain", "runway");
    expect(providers.find(({ id }) => id === "runway")).toMatchObject({ label: "Runway", switch: "drain" });
    const isolated = await set("isolate", "runway:gen4.5");
    const shown = isolated.providers.find(({ id }) => id === "runway");
    expect(shown?.models.find(({ id }) => id === "runway:gen4.5")?.circuit.state).toBe("isolated");
  });

  it("refuses an unknown name with the list of those that are known", async () => {
    expect(await refusal(set("off", "nobody"))).toMatchObject({
      code: "invalid-argument",
      details: { field: "target", known: expect.arrayContaining(["heygen", "runway:gen4.5"]) },
    });
  });
});

describe("adminSetPolicy", () => {
  const set = (input: object) => adminSetPolicy(call(input, "root", admin));

  it("publishes, watches and rolls back", async () => {
    await set({ action: "set_shadow", policy });
    await set({ action: "publish", policy, note: "prefer one model", acceptWarnings: true });
    await set({ action: "clear_shadow" });
    await set({ action: "rollback", note: "no better" });
    expect(world.audit.lines.map(({ action }) => action)).toEqual([
      "policy.shadow_set",
      "policy.published",
      "policy.shadow_cleared",
      "policy.rolled_back",
    ]);
    const { live, versions, shadow } = await adminPolicy(call({}, "root", admin));
    expect(live).toEqual({ ...defaultPolicy, version: 2 });
    expect(versions.map((one) => one.author)).toEqual(["root", "root", "built-in"]);
    expect(shadow).toBeNull();
  });

  it("lists every problem of a policy by its path", async () => {
    const broken = { ...policy, priorities: { nobody: 1 }, colour: "red" };
    const error = await refusal(set({ action: "publish", policy: broken, note: "try it" }));
    expect(error).toMatchObject({
      code: "invalid-argument",
      details: { reason: "INVALID_ARGUMENT", fields: [{ path: "colour" }, { path: "priorities.nobody" }] },
    });
  });

  it("asks for a note that says why", async () => {
    const error = await refusal(set({ action: "publish", policy, note: "  " }));
    expect(error).toMatchObject({ code: "invalid-argument" });
    expect(error.message).toContain("note");
  });
});

describe("adminDryRunPolicy", () => {
  it("replays the decisions of real jobs on a draft", async () => {
    await startVideo();
    await runDueTasks(world);
    const answer = await adminDryRunPolicy(call({ policy, decisions: 10 }, "root", admin));
    expect(answer).toMatchObject({ replayed: 1, changed: [], altered: 0 });
  });

  it("looks at a thousand decisions at most", async () => {
    const error = await refusal(adminDryRunPolicy(call({ policy, decisions: 1_001 }, "root", admin)));
    expect(error).toMatchObject({ code: "invalid-argument" });
  });
});

describe("quoteVideo", () => {
  it("is refused to strangers and answers any signed-in user", async () => {
    expect(await refusal(quoteVideo(call(textRequest)))).toMatchObject({ code: "unauthenticated" });
    const quote = await quoteVideo(call(textRequest, "ada", { tier: "premium" }));
    expect(quote).toMatchObject({ profile: "best", credits: 10, candidates: [{ model: "runway:gen4.5" }] });
    expect(quote.rejected).toContainEqual(expect.objectContaining({ reason: "not_selected" }));
  });
});

describe("a request that names providers", () => {
  it.each(["only", "exclude", "prefer"])(
    "is refused when %s has an unknown one, with the known",
    async (field) => {
      const input = { ...textRequest, providers: { [field]: ["runway", "nobody"] } };
      for (const callable of [createVideo, quoteVideo]) {
        expect(await refusal(callable(call(input, "ada")))).toMatchObject({
          code: "invalid-argument",
          message: expect.stringMatching(/unknown nobody; known are heygen, runway, runware/),
          details: { field: `providers.${field}`, unknown: ["nobody"], known: expect.any(Array) },
        });
      }
    },
  );
});

describe("a request when every candidate is out", () => {
  it("is answered unavailable with the time to try again and each candidate's reason", async () => {
    const outage = {
      provider: "runway",
      model: "runway:gen4.5",
      outcome: { ok: false, code: "server_error" },
    };
    for (let count = 0; count < 3; count += 1) await world.deps.health.record([outage as never]);
    const error = await refusal(createVideo(call(textRequest, "ada")));
    expect(error).toMatchObject({
      code: "unavailable",
      message: expect.stringContaining("try again at 2026-11-21T04:01:00.000Z"),
      details: {
        reason: "NO_CANDIDATE",
        retryable: true,
        retryAt: world.deps.now() + 60_000,
        reasons: { "runway:gen4.5": "circuit_open" },
      },
    });
    const reasons = error.details.reasons as Record<string, string>;
    expect(Object.keys(reasons)).toHaveLength(world.deps.catalogue.entries.length);
  });
});
