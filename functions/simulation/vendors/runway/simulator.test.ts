import { describe, expect, it } from "@jest/globals";
import type { RunwayML } from "@runwayml/sdk";
import { vectorOf } from "../../../src/providers/runway/__fixtures__/vectors.js";
import type { GenerationFault, SimulatedFile } from "../shared/simulator.js";
import type {
  avatarPresets,
  gen4ImageRatios,
  gen4TextRatios,
  seedanceRatios,
  stillRatios,
  veoRatios,
  voicePresets,
} from "./bodies.js";
import { pendingMs } from "./generation.js";
import { createRunwaySimulation, runwaySimulation } from "./simulator.js";

const headers = { authorization: "Bearer k", "x-runway-version": "2024-11-06" };

function openSimulator(
  options: {
    generationFaults?: GenerationFault[];
    limits?: Parameters<typeof createRunwaySimulation>[0];
  } = {},
) {
  let now = Date.parse("2026-11-21T04:00:00Z");
  const generationFaults = [...(options.generationFaults ?? [])];
  const files: SimulatedFile[] = [];
  const simulation = options.limits === undefined ? runwaySimulation : createRunwaySimulation(options.limits);
  const simulator = simulation.create(
    {
      now: () => now,
      random: () => 0.5,
      generationFault: () => generationFaults.shift(),
      fileUrl: (file) => {
        files.push(file);
        return `https://files.example.test/${file.id}`;
      },
    },
    "k",
  );
  function call(method: string, path: string, body?: unknown, sent: Record<string, string> = headers) {
    const text = body === undefined ? "" : JSON.stringify(body);
    return simulator.handle({ method, path, query: new URLSearchParams(), headers: sent, text });
  }
  function start(id = "R1"): string {
    const { req } = vectorOf(id);
    return (call("POST", req.p, req.b).body as { id: string }).id;
  }
  const read = (id: string) => call("GET", `/v1/tasks/${id}`).body;
  const balance = () => (call("GET", "/v1/organization").body as { creditBalance: number }).creditBalance;
  return { simulator, files, call, start, read, balance, advance: (ms: number) => (now += ms) };
}

describe("the simulated vendor", () => {
  it.each(["R1", "R2", "R3", "R4", "R9", "R10", "R11", "R12"])(
    "accepts the body of %s at its price",
    (id) => {
      const { req, res } = vectorOf(id);
      const answer = openSimulator().call("POST", req.p, req.b);
      expect(answer.status).toBe(200);
      const { id: _, ...expected } = res.b as Record<string, unknown>;
      expect(answer.body).toEqual({
        id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a/),
        ...expected,
      });
    },
  );

  it("R5: refuses a ratio of a retired model in the vendor's form", () => {
    const { req, res } = vectorOf("R5");
    const answer = openSimulator().call("POST", req.p, req.b);
    expect(answer.status).toBe(res.s);
    expect(answer.body).toMatchObject({
      error: "Validation of body failed",
      issues: [{ code: "invalid_enum_value", path: ["ratio"] }],
    });
  });

  it.each([
    ["an unknown field", { motion: "fast" }],
    ["a length outside the model's", { duration: 11 }],
    ["half a second", { duration: 2.5 }],
    ["a missing length", { duration: undefined }],
    ["a prompt of 1,001 characters", { promptText: "x".repeat(1_001) }],
    ["a ratio that only images have", { ratio: "960:960" }],
    ["a model that needs an image", { model: "gen4_turbo" }],
    ["a model that is gone", { model: "gen3a_turbo" }],
    ["a seed below zero", { seed: -1 }],
  ])("refuses %s", (_, change) => {
    const { req } = vectorOf("R1");
    const { call, simulator } = openSimulator();
    expect(call("POST", req.p, { ...(req.b as object), ...change }).status).toBe(400);
    expect(simulator.paidStarts()).toEqual([]);
  });

  it("refuses a last frame alone, plain http, and a reference without a usable tag", () => {
    const { call } = openSimulator();
    const frames = vectorOf("R4").req.b as object;
    const lastOnly = { ...frames, promptImage: [{ uri: "https://a.test/b.png", position: "last" }] };
    expect(call("POST", "/v1/image_to_video", lastOnly).status).toBe(400);
    expect(call("POST", "/v1/image_to_video", { ...frames, promptImage: "http://a.test/b.png" }).status).toBe(
      400,
    );
    const image = vectorOf("R9").req.b as object;
    const badTag = { ...image, referenceImages: [{ uri: "https://a.test/b.png", tag: "my-cat" }] };
    expect(call("POST", "/v1/text_to_image", badTag).status).toBe(400);
  });

  it("asks for the key first and for its version next", () => {
    const { call } = openSimulator();
    const { authorization } = headers;
    expect(call("GET", "/v1/organization", undefined, {}).status).toBe(401);
    expect(call("GET", "/v1/organization", undefined, { authorization })).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining("X-Runway-Version") },
    });
    const old = { authorization, "x-runway-version": "2023-01-01" };
    expect(call("GET", "/v1/organization", undefined, old).status).toBe(400);
  });

  it("moves a task through its states, with progress only while it runs", () => {
    const { start, read, advance, files } = openSimulator();
    const id = start();
    expect(read(id)).toEqual({
      id,
      createdAt: "2026-11-21T04:00:00.000Z",
      status: "PENDING",
      estimatedCost: { credits: 60 },
    });
    advance(pendingMs + 60_000);
    expect(read(id)).toMatchObject({ status: "RUNNING", progress: 0.5, estimatedCost: { credits: 60 } });
    advance(60_000);
    const done = read(id);
    expect(done).toMatchObject({
      status: "SUCCEEDED",
      output: [`https://files.example.test/${id}`],
      cost: { credits: 60 },
    });
    expect(done).not.toHaveProperty("progress");
    expect(files).toEqual([
      {
        vendor: "runway",
        id,
        model: "gen4.5",
        medium: "video",
        width: 1280,
        height: 720,
        durationSeconds: 5,
        audio: false,
      },
    ]);
  });

  it("lets a third task of a model wait for a slot, in the order of arrival", () => {
    const { start, read, advance } = openSimulator();
    const [first, second, third, fourth] = [start(), start(), start(), start()];
    expect([first, second, third, fourth].map((id) => read(id))).toMatchObject([
      { status: "PENDING" },
      { status: "PENDING" },
      { status: "THROTTLED" },
      { status: "THROTTLED" },
    ]);
    expect(read(start("R2"))).toMatchObject({ status: "PENDING" });
    advance(pendingMs + 120_000);
    expect(read(first)).toMatchObject({ status: "SUCCEEDED" });
    expect([third, fourth].map((id) => read(id))).toMatchObject([
      { status: "PENDING" },
      { status: "PENDING" },
    ]);
    advance(10 * 60_000);
    expect(read(fourth)).toMatchObject({ status: "SUCCEEDED" });
  });

  it("gives the slot of a deleted task to the next one from that moment", () => {
    const { start, read, advance, call } = openSimulator({
      generationFaults: [{ type: "stuck" }, { type: "stuck" }],
    });
    const [first, , third] = [start(), start(), start()];
    advance(3_600_000);
    expect(read(first)).toMatchObject({ status: "RUNNING", progress: 0.99 });
    expect(read(third)).toMatchObject({ status: "THROTTLED" });
    expect(call("DELETE", `/v1/tasks/${first}`)).toEqual({ status: 204 });
    expect(call("GET", `/v1/tasks/${first}`)).toEqual({
      status: 404,
      body: { error: "Could not find Task" },
    });
    expect(call("DELETE", `/v1/tasks/${first}`).status).toBe(404);
    expect(read(third)).toMatchObject({ status: "PENDING" });
  });

  it("charges for a blocked input and not for a broken generation", () => {
    const { start, read, advance, balance } = openSimulator({
      generationFaults: [{ type: "moderated" }, { type: "fail" }],
    });
    const before = balance();
    const [blocked, broken] = [start(), start()];
    advance(3_600_000);
    expect(read(blocked)).toMatchObject({ failureCode: "SAFETY.INPUT.TEXT", cost: { credits: 60 } });
    expect(read(broken)).toMatchObject({ failureCode: "INTERNAL.BAD_OUTPUT.CODE01", cost: { credits: 0 } });
    expect(before - balance()).toBe(60);
  });

  it("stops at the balance and at the daily cap, and counts a day back from now", () => {
    const limits = { creditBalance: 150, maxConcurrentGenerations: 2, maxDailyGenerations: 2 };
    const { call, start, advance, simulator } = openSimulator({ limits });
    const { req } = vectorOf("R1");
    start();
    start();
    expect(call("POST", req.p, req.b).status).toBe(429);
    advance(24 * 3_600_000);
    expect(call("POST", req.p, req.b)).toMatchObject({
      status: 400,
      body: { error: "You do not have enough credits to run this task." },
    });
    expect(simulator.paidStarts()).toHaveLength(2);
  });

  it("hands a defect on to the file", () => {
    const { start, files } = openSimulator({
      generationFaults: [{ type: "bad-output", defect: "truncated" }],
    });
    start();
    expect(files).toMatchObject([{ defect: "truncated" }]);
  });
});

/** Compiles only while the simulator's lists are those of the official types. */
type Same<A, B> = [A, B] extends [B, A] ? true : never;
type TextBody = RunwayML.TextToVideoCreateParams;
type ImageBody = RunwayML.ImageToVideoCreateParams;
type StillBody = RunwayML.TextToImageCreateParams;
type AvatarBody = RunwayML.AvatarVideoCreateParams;
type Of<Body, Name> = Extract<Body, { model: Name }>;
type Ratio<Body extends { ratio?: string }> = NonNullable<Body["ratio"]>;
type Spoken = Extract<AvatarBody["speech"], { type: "text" }>;
type Voice = Extract<NonNullable<Spoken["voice"]>, { type: "preset" }>["presetId"];
type Avatar = Extract<AvatarBody["avatar"], { type: "runway-preset" }>["presetId"];

it("knows exactly the ratios and presets of the official types", () => {
  const same: true[] = [
    true satisfies Same<Ratio<Of<TextBody, "gen4.5">>, (typeof gen4TextRatios)[number]>,
    true satisfies Same<Ratio<Of<ImageBody, "gen4.5">>, (typeof gen4ImageRatios)[number]>,
    true satisfies Same<Ratio<Of<ImageBody, "gen4_turbo">>, (typeof gen4ImageRatios)[number]>,
    true satisfies Same<Ratio<Of<TextBody, "veo3.1">>, (typeof veoRatios)[number]>,
    true satisfies Same<Ratio<Of<TextBody, "veo3.1_fast">>, (typeof veoRatios)[number]>,
    true satisfies Same<Ratio<Of<ImageBody, "veo3.1">>, (typeof veoRatios)[number]>,
    true satisfies Same<Ratio<Of<ImageBody, "veo3.1_fast">>, (typeof veoRatios)[number]>,
    true satisfies Same<Ratio<Of<TextBody, "seedance2">>, (typeof seedanceRatios)[number]>,
    true satisfies Same<Ratio<Of<ImageBody, "seedance2">>, (typeof seedanceRatios)[number]>,
    true satisfies Same<Ratio<Of<StillBody, "gen4_image">>, (typeof stillRatios)[number]>,
    true satisfies Same<Ratio<Of<StillBody, "gen4_image_turbo">>, (typeof stillRatios)[number]>,
    true satisfies Same<Avatar, (typeof avatarPresets)[number]>,
    true satisfies Same<Voice, (typeof voicePresets)[number]>,
  ];
  expect(same).toHaveLength(13);
});
