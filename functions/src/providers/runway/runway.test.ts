import { describe, expect, it } from "@jest/globals";
import { createRunwaySimulation, runwaySimulation } from "../../../simulation/vendors/runway/simulator.js";
import { describeProviderContract } from "../../../test/providers/provider.contract.js";
import { UnreachableError } from "../../domain/errors.js";
import { costOf, type Mode, type ProviderModel } from "../../domain/provider/model.js";
import type { GenerationPlan } from "../../domain/provider/provider.js";
import { cannedProvider } from "./__fixtures__/canned-provider.js";
import { vectorPlans } from "./__fixtures__/plans.js";
import { runway } from "./index.js";
import { toCreateCall } from "./mapping.js";
import { models } from "./models.js";

const context = { idempotencyKey: "job_42:a1" };
const operation = { taskId: "17f20503-6c24-4c16-946b-35dbbce2af2f" };
const presenter = { avatarPreset: "human-resource", voicePreset: "clara" };

for (const [mode, plan] of [
  ["text", vectorPlans.R1],
  ["image", vectorPlans.R3],
  ["frames", vectorPlans.R4],
  ["avatar", vectorPlans.R11],
  ["still", vectorPlans.R9],
] as const) {
  describe(`with a plan for ${mode}`, () => {
    describeProviderContract({ vendor: runway, simulation: runwaySimulation, plan });
  });
}

describe("a start without a clear answer", () => {
  it.each([
    [500, "server_error"],
    [504, "timeout"],
    [408, "timeout"],
  ] as const)("throws on %i, because the task may run and cost", async (s, code) => {
    const { provider } = cannedProvider({ s, b: "<html>gone</html>" });
    await expect(provider.start(vectorPlans.R1, context)).rejects.toMatchObject({ sent: "maybe", code });
  });

  it.each(["<html>hello</html>", "", '{"id":', '{"task":"1"}'])("throws on a 200 with %p", async (b) => {
    const { provider } = cannedProvider({ s: 200, b });
    await expect(provider.start(vectorPlans.R1, context)).rejects.toBeInstanceOf(UnreachableError);
  });

  it.each([
    [401, "authentication"],
    [403, "authentication"],
    [404, "unknown"],
    [413, "invalid_request"],
    [422, "unknown"],
    [502, "server_error"],
  ] as const)("is refused on %i with %s, even when the body is no JSON", async (s, code) => {
    const { provider } = cannedProvider({ s, b: "<html>no</html>" });
    const result = await provider.start(vectorPlans.R1, context);
    expect(result).toEqual({ status: "refused", failure: { code, statusCode: s } });
  });

  it("keeps the wait that the vendor asks for", async () => {
    const { provider } = cannedProvider({ s: 429, b: { error: "slow" }, headers: { "retry-after": "90" } });
    const result = await provider.start(vectorPlans.R1, context);
    expect(result).toMatchObject({ failure: { code: "rate_limited", retryAfterMs: 90_000 } });
  });
});

describe("a task", () => {
  it.each([
    ["SAFETY.INPUT.IMAGE", "content_blocked"],
    ["SAFETY.OUTPUT.VIDEO", "content_blocked"],
    ["INPUT_PREPROCESSING.SAFETY.THIRD_PARTY", "content_blocked"],
    ["INPUT_PREPROCESSING.INTERNAL", "processing_failed"],
    ["INTERNAL", "processing_failed"],
    ["THIRD_PARTY.UNAVAILABLE", "server_error"],
    ["THIRD_PARTY.INPUT_VALIDATION", "invalid_request"],
    ["ASSET.INVALID", "invalid_request"],
    ["SAFETYNET", "unknown"],
    ["SOMETHING.NEW", "unknown"],
    [undefined, "processing_failed"],
  ] as const)("that failed with %s is %s", async (failureCode, code) => {
    const { provider } = cannedProvider({ s: 200, b: { status: "FAILED", failure: "x", failureCode } });
    expect(await provider.status(operation)).toMatchObject({ status: "failed", failure: { code } });
  });

  it("in a state that is not known yet is still pending, and its word is named without what is no word", async () => {
    const { provider } = cannedProvider({ s: 200, b: { status: `DREAMING of\n${"x".repeat(100)}` } });
    const status = await provider.status(operation);
    expect(status).toEqual({ status: "pending", unknownWord: `DREAMING?of?${"x".repeat(28)}` });
  });

  it("that succeeded without a file has failed, with what it cost", async () => {
    const { provider } = cannedProvider({
      s: 200,
      b: { status: "SUCCEEDED", output: [], cost: { credits: 60 } },
    });
    expect(await provider.status(operation)).toMatchObject({
      status: "failed",
      failure: { code: "bad_output" },
      costUsdMicros: 600_000,
    });
  });

  it.each([401, 403, 429, 500, 502, 503])("is not judged by a %i", async (s) => {
    const { provider } = cannedProvider({ s, b: { error: "x" } });
    await expect(provider.status(operation)).rejects.toBeInstanceOf(UnreachableError);
  });

  it("is missing when the vendor says so, and not when a proxy's page does", async () => {
    const page = cannedProvider({ s: 404, b: "<html>Not Found</html>" });
    await expect(page.provider.status(operation)).rejects.toBeInstanceOf(UnreachableError);
    const answer = cannedProvider({ s: 404, b: { error: "Could not find Task" } });
    expect(await answer.provider.status(operation)).toEqual({ status: "missing" });
  });

  it("that is gone already cannot be confirmed as cancelled", async () => {
    const { provider } = cannedProvider({ s: 404, b: { error: "Could not find Task" } });
    expect(await provider.cancel?.(operation)).toEqual({ status: "unconfirmed" });
  });

  it("that another copy of the cancellation has just stopped is stopped", async () => {
    const running = { s: 200, b: { id: operation.taskId, status: "RUNNING", progress: 0.5 } };
    const { provider } = cannedProvider(running, { s: 404, b: { error: "Could not find Task" } });
    expect(await provider.cancel?.(operation)).toEqual({ status: "confirmed" });
  });

  it.each(["SUCCEEDED", "FAILED", "CANCELLED"])(
    "that is %s is not deleted by a cancellation, which tells its bill instead",
    async (status) => {
      const output = status === "SUCCEEDED" ? { output: ["https://files.example.test/a.mp4"] } : {};
      const task = { id: operation.taskId, status, cost: { credits: 60 }, ...output };
      const { provider, sent } = cannedProvider({ s: 200, b: task });
      expect(await provider.cancel?.(operation)).toMatchObject({
        status: "already_ended",
        ended: { status: status.toLowerCase(), costUsdMicros: 600_000 },
      });
      expect(sent.map(({ method }) => method)).toEqual(["GET"]);
    },
  );

  it("whose cancellation met an outage may be cancelled or not", async () => {
    const { provider } = cannedProvider({ s: 500, b: "" });
    await expect(provider.cancel?.(operation)).rejects.toBeInstanceOf(UnreachableError);
  });
});

describe("every body that a row of the catalogue allows", () => {
  const plans = models.flatMap((model: ProviderModel) => plansOf(model));

  it("is accepted by the strict simulator, at the price of the catalogue", () => {
    const unlimited = createRunwaySimulation({
      creditBalance: Number.MAX_SAFE_INTEGER,
      maxConcurrentGenerations: 2,
      maxDailyGenerations: null,
    });
    const world = {
      now: () => 0,
      random: () => 0.5,
      generationFault: () => undefined,
      fileUrl: () => "https://f",
    };
    const simulator = unlimited.create(world, "k");
    for (const plan of plans) {
      const { endpoint, body } = toCreateCall(plan, presenter);
      const answer = simulator.handle({
        method: "POST",
        path: `/v1/${endpoint}`,
        query: new URLSearchParams(),
        headers: { authorization: "Bearer k", "x-runway-version": "2024-11-06" },
        text: JSON.stringify(body),
      });
      expect({ plan, body, answer }).toMatchObject({ answer: { status: 200 } });
      const model = models.find(({ id }) => id === plan.model) as ProviderModel;
      if (model.price.unit === "unknown") continue;
      const shape = { ...plan, resolution: plan.size.resolution };
      const credits = (costOf(model.price, shape) ?? Number.NaN) / 10_000;
      expect({ plan, answer }).toMatchObject({ answer: { body: { estimatedCost: { credits } } } });
    }
    expect(plans.length).toBeGreaterThan(1_500);
  });

  it("is refused before it is sent when the model does not serve the mode", () => {
    const plan = { ...vectorPlans.R4, model: "runway:gen4.5" };
    expect(() => toCreateCall(plan, presenter)).toThrow("not served");
  });
});

/** Every mode, size, length and sound of a model, each with and without its optional fields. */
function plansOf(model: ProviderModel): GenerationPlan[] {
  const modes = Object.entries(model.modes) as [GenerationPlan["mode"], Mode][];
  return modes.flatMap(([name, mode]) =>
    mode.sizes.flatMap((size) =>
      secondsOf(mode).flatMap((durationSeconds) =>
        (mode.audio === "optional" ? [true, false] : [mode.audio === "always"]).flatMap((audio) => {
          const plan = {
            model: model.id,
            mode: name,
            text: "x".repeat(mode.textLimit.max),
            size,
            durationSeconds,
            audio,
            ...sources(name),
          };
          const references = Array.from({ length: mode.references?.min ?? 0 }, () => ({
            url: "https://a.test/r.png",
          }));
          const more = Array.from({ length: mode.references?.max ?? 0 }, (_, index) => ({
            url: "https://a.test/r.png",
            tag: `tag_${index}`,
          }));
          const full = {
            ...plan,
            text: "x",
            references: more,
            ...(mode.seed ? { seed: 4_294_967_295 } : {}),
            ...(mode.negativePrompt ? { negativePrompt: "rain" } : {}),
          };
          return [{ ...plan, references }, full];
        }),
      ),
    ),
  );
}

function secondsOf({ durations }: Mode): number[] {
  if (durations.type === "discrete") return [...durations.seconds];
  if (durations.type === "script") return [1, durations.maxSeconds];
  if (durations.type === "none") return [0];
  const count = (durations.maxSeconds - durations.minSeconds) / durations.stepSeconds + 1;
  return Array.from({ length: count }, (_, index) => durations.minSeconds + index * durations.stepSeconds);
}

function sources(mode: GenerationPlan["mode"]) {
  if (mode === "image") return { image: "https://a.test/i.png" };
  if (mode === "frames") return { firstFrame: "https://a.test/a.png", lastFrame: "https://a.test/b.png" };
  return {};
}
