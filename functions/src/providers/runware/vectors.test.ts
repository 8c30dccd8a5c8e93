import { readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { z } from "zod";
import { runwareSimulation } from "../../../simulation/vendors/runware/simulator.js";
import type { GenerationPlan, VideoProvider } from "../../domain/provider/provider.js";
import { size } from "../../domain/provider/resolution.js";
import type { HttpRequest } from "../shared/http.js";
import { runware } from "./index.js";

const vectorSchema = z.object({
  id: z.string(),
  conf: z.string(),
  req: z.object({ m: z.string(), p: z.string(), b: z.unknown() }),
  res: z.object({ s: z.number(), b: z.unknown().optional() }),
});
type Vector = z.infer<typeof vectorSchema>;

const vectors = new Map(
  readFileSync(`${process.cwd()}/src/providers/runware/__fixtures__/vectors.jsonl`, "utf8")
    .trim()
    .split("\n")
    .map((line) => vectorSchema.parse(JSON.parse(line)))
    .map((vector) => [vector.id, vector] as const),
);

function vector(id: string): Vector {
  const found = vectors.get(id);
  if (found === undefined) throw new Error(`no vector ${id}`);
  return found;
}

/** The only task of a vector's request. */
function taskOf(id: string): Record<string, unknown> {
  return z.tuple([z.record(z.string(), z.unknown())]).parse(vector(id).req.b)[0];
}

/** The real provider on a line that answers with a vector and remembers what was sent. */
function answering(id: string): { provider: VideoProvider; sent: HttpRequest[] } {
  const sent: HttpRequest[] = [];
  const provider = runware.create({
    apiKey: "test-key",
    baseUrl: "https://api.runware.ai",
    settings: {},
    now: () => 0,
    http: {
      async send(request) {
        sent.push(request);
        const { s, b } = vector(id).res;
        return {
          status: s,
          headers: { "retry-after": "7" },
          unansweredBefore: false,
          text: JSON.stringify(b),
        };
      },
    },
  });
  return { provider, sent };
}

const one = { taskUUID: "0bf7ea30-1217-4b85-8524-4e0ca79e3f29" };
const two = { taskUUID: "8d71978a-f621-479c-9456-94fc6366bfff" };

const framesPlan: GenerationPlan = {
  model: "runware:google:3@2",
  mode: "frames",
  text: "The seed grows into a tall tree, timelapse",
  size: size("9:16", "1080p", 1080, 1920),
  durationSeconds: 8,
  audio: false,
  firstFrame: "https://files.example.test/a.png",
  lastFrame: "https://files.example.test/b.png",
};
const framesContext = {
  idempotencyKey: "job_42:a1",
  callbackUrl: "https://fn.example.test/hooks/runware?t=19af",
};
const textPlan: GenerationPlan = {
  model: "runware:pixverse:1@3",
  mode: "text",
  text: "A paper boat on a river at dawn",
  size: size("16:9", "720p", 1280, 720),
  durationSeconds: 5,
  audio: false,
};
const stillPlan = {
  mode: "still",
  size: size("1:1", "720p", 1024, 1024),
  durationSeconds: 0,
  audio: false,
} as const;

describe("the vendor's vectors: starts", () => {
  it.each([
    ["W1", framesPlan, framesContext],
    ["W2", textPlan, { idempotencyKey: "job_42:a2" }],
  ])("%s is sent exactly", async (id, plan, context) => {
    const { provider, sent } = answering(id);
    const result = await provider.start(plan, context);
    expect(sent).toEqual([
      {
        method: "POST",
        url: "https://api.runware.ai/v1",
        headers: { authorization: "Bearer test-key" },
        body: vector(id).req.b,
        repeatable: true,
      },
    ]);
    expect(result).toEqual({ status: "started", operation: { taskUUID: taskOf(id).taskUUID } });
  });

  // These pictures are asked for in the other delivery and with the cost told, which the vendor
  // documents as optional; apart from that the bodies are the vector's.
  it.each([
    [
      "W14",
      { ...stillPlan, model: "runware:runware:101@1", text: "A portrait in a library" },
      { deliveryMethod: "async" },
    ],
    [
      "W15",
      {
        ...stillPlan,
        model: "runware:google:4@3",
        text: "The same person on a stage",
        references: [{ url: "https://files.example.test/hero.jpg" }],
      },
      { includeCost: true },
    ],
  ])("%s is sent with the delivery and cost that we always ask for", async (id, plan, added) => {
    const { provider, sent } = answering(id);
    await provider.start(plan, { idempotencyKey: "job_42:a1" }).catch(() => undefined);
    expect(sent[0]?.body).toEqual([{ ...taskOf(id), ...added, ...one }]);
  });

  it("W9: a UUID that is taken means that an earlier send arrived", async () => {
    const result = await answering("W9").provider.start(framesPlan, framesContext);
    expect(result).toEqual({ status: "started", operation: one });
  });

  it.each([
    ["W10", { code: "catalogue_outdated", statusCode: 400, providerCode: "unsupportedDuration" }],
    ["W11", { code: "vendor_quota", statusCode: 402, providerCode: "insufficientCredits" }],
    ["W12", { code: "authentication", statusCode: 401, providerCode: "invalidApiKey" }],
    [
      "W13",
      {
        code: "rate_limited",
        statusCode: 429,
        providerCode: "inferenceRateLimitExceeded",
        retryAfterMs: 7_000,
      },
    ],
  ])("%s is a refusal", async (id, failure) => {
    const result = await answering(id).provider.start(framesPlan, framesContext);
    expect(result).toMatchObject({ status: "refused", failure });
  });
});

describe("the vendor's vectors: status", () => {
  it.each([
    ["W3", { status: "pending" }],
    [
      "W4",
      {
        status: "succeeded",
        outputUrl: "https://vm.runware.ai/video/ws/0/vi/b7db282d.mp4",
        costUsdMicros: 1_600_000,
      },
    ],
    ["W5", { status: "pending" }],
    ["W6", { status: "failed", failure: { code: "timeout", providerCode: "timeoutProvider" } }],
    [
      "W7",
      {
        status: "failed",
        failure: { code: "content_blocked", providerCode: "providerContentPolicyViolation" },
      },
    ],
  ])("%s is asked exactly and read", async (id, expected) => {
    const { provider, sent } = answering(id);
    expect(await provider.status(one)).toMatchObject(expected);
    expect(sent[0]?.body).toEqual(vector(id).req.b);
  });

  it("W8: an answer that mixes tasks is read for its own task only", async () => {
    const { provider } = answering("W8");
    expect(await provider.status(one)).toEqual({ status: "pending" });
    expect(await provider.status(two)).toMatchObject({
      status: "failed",
      failure: { code: "processing_failed", providerCode: "inferenceError" },
    });
  });

  it("W14: a picture that is there at once is read as finished", async () => {
    const uuid = String(taskOf("W14").taskUUID);
    expect(await answering("W14").provider.status({ taskUUID: uuid })).toEqual({
      status: "succeeded",
      outputUrl: "https://im.runware.ai/image/ws/0.5/ii/77da2d99.jpg",
      costUsdMicros: 1_300,
    });
  });
});

describe("the vendor's vectors: account", () => {
  it("W16 asks for the account and reads the balance", async () => {
    const { provider, sent } = answering("W16");
    expect(await provider.probe()).toEqual({ status: "ok", balanceUsdMicros: 118_420_000 });
    const body = z.tuple([z.record(z.string(), z.unknown())]).parse(sent[0]?.body);
    expect(body).toEqual([{ ...taskOf("W16"), taskUUID: body[0].taskUUID }]);
  });

  it("W17: a wrong key fails the probe", async () => {
    expect(await answering("W17").provider.probe()).toMatchObject({
      status: "failed",
      failure: { code: "authentication" },
    });
  });
});

describe("the vendor's vectors: webhooks", () => {
  it.each(["W21", "W22"])("%s is one delivery, told apart by its body", (id) => {
    const { provider } = answering(id);
    const body = JSON.stringify(vector(id).req.b);
    const read = (text: string) =>
      provider.webhook?.read({ rawBody: Buffer.from(text), headers: {}, receivedAt: 0 });
    const hints = read(body);
    expect(hints).toEqual([{ deliveryId: expect.stringMatching(/^[0-9a-f]{64}$/), idempotencyKey: null }]);
    expect(read(body)).toEqual(hints);
    expect(read(body.replace("1.6", "1.7"))).not.toEqual(hints);
    expect(provider.webhook?.verify).toBeUndefined();
  });

  it.each([
    "",
    "<html>",
    "[]",
    "{}",
    '{"taskType":"ping","pong":true}',
    '{"taskUUID":"x","taskType":"upscale"}',
  ])("a delivery of %p is not ours", (text) => {
    const { provider } = answering("W21");
    const hints = provider.webhook?.read({ rawBody: Buffer.from(text), headers: {}, receivedAt: 0 });
    expect(hints).toEqual([]);
  });
});

describe("the vendor's vectors: simulator", () => {
  function simulate(id: string, generationFault?: "no-credits" | "rate-limit", key = "key") {
    let now = 0;
    const simulator = runwareSimulation.create(
      {
        now: () => now,
        random: () => 0.5,
        generationFault: () => (generationFault === undefined ? undefined : { type: generationFault }),
        fileUrl: () => "https://vm.runware.ai/video/x.mp4",
      },
      key,
    );
    const send = (body: unknown) =>
      simulator.handle({
        method: "POST",
        path: "/v1",
        query: new URLSearchParams(),
        headers: { authorization: "Bearer key" },
        text: JSON.stringify(body),
      });
    return { send, advance: (ms: number) => (now += ms), answer: () => send(vector(id).req.b) };
  }

  /** Only what a program can rely on: messages and links are the vendor's to change. */
  const withoutProse = (body: unknown) =>
    JSON.parse(JSON.stringify(body), (key, value) =>
      ["message", "documentation"].includes(key) ? undefined : value,
    );

  it.each(["W1", "W2", "W15", "W18"])("%s is answered as the vendor answers it", (id) => {
    expect(simulate(id).answer()).toEqual({ status: 200, body: vector(id).res.b });
  });

  it.each([
    ["W10", { ...taskOf("W1"), duration: 5 }, undefined, "key"],
    ["W11", taskOf("W1"), "no-credits", "key"],
    ["W12", taskOf("W1"), undefined, "another key"],
    ["W13", taskOf("W1"), "rate-limit", "key"],
    ["W17", taskOf("W16"), undefined, "another key"],
  ] as const)("%s is refused as the vendor refuses it", (id, task, generationFault, key) => {
    const answer = simulate(id, generationFault, key).send([task]);
    expect({ status: answer.status, body: withoutProse(answer.body) }).toEqual({
      status: vector(id).res.s,
      body: withoutProse(vector(id).res.b),
    });
  });

  it("W9: the same start twice is paid once and told as a conflict", () => {
    const { send } = simulate("W1");
    send([taskOf("W1")]);
    const answer = send([taskOf("W1")]);
    expect({ status: answer.status, body: withoutProse(answer.body) }).toEqual({
      status: 400,
      body: withoutProse(vector("W9").res.b),
    });
  });

  it.each(["W3", "W4", "W14", "W16", "W19", "W20"])("%s has the vendor's fields", (id) => {
    const simulation = simulate(id);
    if (id === "W3" || id === "W4") simulation.send([taskOf("W1")]);
    simulation.advance(id === "W3" ? 40_000 : 3_600_000);
    const upload = simulation.send([taskOf("W19")]);
    const fields = (body: unknown) =>
      Object.keys(z.object({ data: z.tuple([z.looseObject({})]) }).parse(body).data[0]).sort();
    const mediaUUID = z.object({ data: z.tuple([z.object({ mediaUUID: z.string() })]) }).parse(upload.body)
      .data[0];
    const answer =
      id === "W20"
        ? simulation.send([{ ...taskOf("W20"), media: mediaUUID.mediaUUID }])
        : simulation.answer();
    // A seed is reported only by models that have one.
    expect(fields(answer.body)).toEqual(fields(vector(id).res.b).filter((field) => field !== "seed"));
  });

  it("W8: several polls in one list are answered by their own UUIDs", () => {
    const { send, advance } = simulate("W8");
    send([taskOf("W1")]);
    send([taskOf("W2")]);
    advance(40_000);
    expect(send(vector("W8").req.b)).toMatchObject({
      status: 200,
      body: {
        data: [
          { ...one, status: "processing" },
          { ...two, status: "processing" },
        ],
      },
    });
  });
});
