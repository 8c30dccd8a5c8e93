import { describe, expect, it } from "@jest/globals";
import { runwareSimulation } from "../../../simulation/vendors/runware/simulator.js";
import type { SimulatorWorld } from "../../../simulation/vendors/shared/simulator.js";
import { describeProviderContract, openVendorBench } from "../../../test/providers/provider.contract.js";
import type { Mode, ModeName, ProviderModel } from "../../domain/provider/model.js";
import type { GenerationPlan } from "../../domain/provider/provider.js";
import type { Size } from "../../domain/provider/resolution.js";
import { runware } from "./index.js";
import { requestShapes, toBody, toTaskUuid } from "./mapping.js";
import { models } from "./models.js";

const subject = { vendor: runware, simulation: runwareSimulation };
const catalogue: readonly ProviderModel[] = models;

function planFor(
  model: ProviderModel,
  mode: ModeName,
  choice: { size: Size; seconds: number; audio: boolean },
) {
  const plan: GenerationPlan = {
    model: model.id,
    mode,
    text: "A paper boat on a river at dawn",
    size: choice.size,
    durationSeconds: choice.seconds,
    audio: choice.audio,
    negativePrompt: "rain",
    seed: 7,
    ...(mode === "image" ? { image: "https://files.example.test/a.png" } : {}),
    ...(mode === "frames"
      ? { firstFrame: "https://files.example.test/a.png", lastFrame: "https://files.example.test/b.png" }
      : {}),
    ...(mode === "still" ? { references: referencesFor(model) } : {}),
  };
  return plan;
}

function referencesFor(model: ProviderModel) {
  const max = model.modes.still?.references?.max ?? 0;
  return Array.from({ length: max }, (_, index) => ({ url: `https://files.example.test/${index}.jpg` }));
}

function secondsOf(mode: Mode): readonly number[] {
  const { durations } = mode;
  if (durations.type === "discrete") return durations.seconds;
  if (durations.type !== "range") return [0];
  const length = (durations.maxSeconds - durations.minSeconds) / durations.stepSeconds + 1;
  return Array.from({ length }, (_, index) => durations.minSeconds + index * durations.stepSeconds);
}

function everyPlan(model: ProviderModel): GenerationPlan[] {
  return (Object.entries(model.modes) as [ModeName, Mode][]).flatMap(([name, mode]) =>
    mode.sizes.flatMap((size) =>
      secondsOf(mode).flatMap((seconds) =>
        (mode.audio === "optional" ? [true, false] : [mode.audio === "always"]).map((audio) =>
          planFor(model, name, { size, seconds, audio }),
        ),
      ),
    ),
  );
}

function firstPlan(id: string, mode: ModeName): GenerationPlan {
  const model = catalogue.find((row) => row.id === id);
  const plan = model && everyPlan(model).find((candidate) => candidate.mode === mode);
  if (plan === undefined) throw new Error(`no plan for ${id} ${mode}`);
  return plan;
}

function worldAt(now: string): SimulatorWorld {
  return {
    now: () => Date.parse(now),
    random: () => 0.5,
    generationFault: () => undefined,
    fileUrl: (file) => `https://vm.runware.ai/${file.id}`,
  };
}

function submit(plan: GenerationPlan, key: string, simulator: ReturnType<typeof runwareSimulation.create>) {
  return simulator.handle({
    method: "POST",
    path: "/v1",
    query: new URLSearchParams(),
    headers: { authorization: "Bearer key" },
    text: JSON.stringify(toBody(plan, { idempotencyKey: key, callbackUrl: "https://fn.example.test/hook" })),
  });
}

describe.each([
  ["text", "runware:pixverse:1@3"],
  ["image", "runware:klingai:kling-video@3-pro"],
  ["frames", "runware:google:3@2"],
  ["still", "runware:google:4@3"],
] as const)("serving %s with %s", (mode, id) => {
  describeProviderContract({ ...subject, plan: firstPlan(id, mode) });
});

describe("the catalogue", () => {
  it.each(
    catalogue
      .filter((model) => Object.keys(model.modes).length > 0)
      .map((model) => [model.id, model] as const),
  )("%s builds no body that the vendor refuses, for any mode, size, length and sound", (_, model) => {
    const simulator = runwareSimulation.create(worldAt("2026-09-01T00:00:00Z"), "key");
    const plans = everyPlan(model);
    expect(plans.length).toBeGreaterThan(0);
    const refused = plans
      .map((plan, index) => submit(plan, `job_${index}:a1`, simulator))
      .filter((answer) => answer.status !== 200 || JSON.stringify(answer.body).includes("errors"));
    expect(refused).toEqual([]);
    expect(simulator.paidStarts()).toHaveLength(plans.length);
  });

  it("knows how to ask every model that it offers, and names each as its provider does", () => {
    for (const model of catalogue) {
      expect(model.id).toBe(`runware:${model.name}`);
      const offered = Object.keys(model.modes).length > 0;
      expect(requestShapes[model.name] !== undefined).toBe(offered);
    }
  });

  it("lists a model whose end has passed, which the vendor then refuses", () => {
    const plan = firstPlan("runware:openai:3@1", "text");
    const lastDay = runwareSimulation.create(worldAt("2026-09-24T23:59:59Z"), "key");
    const nextDay = runwareSimulation.create(worldAt("2026-09-25T00:00:00Z"), "key");
    expect(submit(plan, "job_1:a1", lastDay).status).toBe(200);
    expect(submit(plan, "job_1:a1", nextDay)).toMatchObject({ status: 400 });
  });

  it("offers no mode of the resold presenters, whose script field is not published", () => {
    const presenters = catalogue.filter((model) => model.name.includes("avatar"));
    expect(presenters).toHaveLength(2);
    for (const model of presenters) expect(model.modes).toEqual({});
  });
});

describe("the task UUID", () => {
  it("is the same for every repetition of a start and another for the next attempt", () => {
    expect(toTaskUuid("job_42:a1")).toBe("0bf7ea30-1217-4b85-8524-4e0ca79e3f29");
    expect(toTaskUuid("job_42:a2")).toBe("8d71978a-f621-479c-9456-94fc6366bfff");
  });
});

describe("a finished task", () => {
  it("tells what it cost, and nothing where the vendor says 0", async () => {
    const bench = await openVendorBench(subject);
    try {
      const priced = await bench.provider.start(firstPlan("runware:google:3@3", "text"), {
        idempotencyKey: "job_1:a1",
      });
      const unpriced = await bench.provider.start(firstPlan("runware:pixverse:1@5", "text"), {
        idempotencyKey: "job_2:a1",
      });
      if (priced.status !== "started" || unpriced.status !== "started") throw new Error("refused");
      bench.advance(3_600_000);
      // Four seconds with sound at 0.15 USD.
      expect(await bench.provider.status(priced.operation)).toMatchObject({ costUsdMicros: 600_000 });
      expect(await bench.provider.status(unpriced.operation)).not.toHaveProperty("costUsdMicros");
    } finally {
      await bench.close();
    }
  });

  it("is pending while it is queued, and while it runs", async () => {
    const bench = await openVendorBench(subject);
    try {
      const result = await bench.provider.start(firstPlan("runware:google:3@2", "text"), {
        idempotencyKey: "job_1:a1",
      });
      if (result.status !== "started") throw new Error("refused");
      expect(await bench.provider.status(result.operation)).toEqual({ status: "pending" });
      bench.advance(52_000);
      expect(await bench.provider.status(result.operation)).toEqual({ status: "pending" });
    } finally {
      await bench.close();
    }
  });
});

describe("a start", () => {
  it("hands over where to report", () => {
    const [task] = toBody(firstPlan("runware:google:3@2", "text"), {
      idempotencyKey: "job_1:a1",
      callbackUrl: "https://fn.example.test/hooks/runware?t=1",
    });
    expect(task).toMatchObject({ webhookURL: "https://fn.example.test/hooks/runware?t=1" });
  });

  it("leaves the size to the picture where the vendor refuses both", () => {
    const sized = (id: string, mode: ModeName) =>
      Object.keys(toBody(firstPlan(id, mode), { idempotencyKey: "k" })[0]).filter((key) =>
        ["width", "height", "resolution"].includes(key),
      );
    expect(sized("runware:klingai:kling-video@3-pro", "text")).toEqual(["width", "height"]);
    expect(sized("runware:klingai:kling-video@3-pro", "frames")).toEqual([]);
    expect(sized("runware:google:veo@3.1-lite", "image")).toEqual(["width", "height"]);
    expect(sized("runware:google:veo@3.1-lite", "frames")).toEqual(["resolution"]);
    expect(sized("runware:bytedance:seedance@2.0", "image")).toEqual(["resolution"]);
  });

  it("sends a seed and a negative prompt only to models that take them", () => {
    const task = (id: string, mode: ModeName) => toBody(firstPlan(id, mode), { idempotencyKey: "k" })[0];
    expect(task("runware:pixverse:1@3", "text")).toMatchObject({ negativePrompt: "rain" });
    expect(task("runware:pixverse:1@3", "text")).not.toHaveProperty("seed");
    expect(task("runware:runware:101@1", "still")).toMatchObject({ seed: 7 });
    expect(task("runware:google:3@2", "text")).not.toHaveProperty("negativePrompt");
  });

  it("is not built for a mode that the model does not serve", () => {
    const plan = { ...firstPlan("runware:google:3@2", "text"), mode: "avatar" as const };
    expect(() => toBody(plan, { idempotencyKey: "k" })).toThrow("does not serve avatar");
  });
});
