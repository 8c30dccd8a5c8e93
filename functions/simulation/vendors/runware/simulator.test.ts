import { describe, expect, it } from "@jest/globals";
import type { GenerationFault } from "../shared/simulator.js";
import { runwareSimulation } from "./simulator.js";

const uuids = [
  "0bf7ea30-1217-4b85-8524-4e0ca79e3f29",
  "8d71978a-f621-479c-9456-94fc6366bfff",
  "5d3b3c40-8e3f-4e77-8b2c-2dac7c5c9e03",
];

const veo = {
  taskType: "videoInference",
  taskUUID: uuids[0],
  model: "google:3@2",
  positivePrompt: "A paper boat",
  width: 1280,
  height: 720,
  duration: 4,
  deliveryMethod: "async",
};
const frame = (name: string) => ({ image: "https://files.example.test/a.png", frame: name });

function open(generationFaults: GenerationFault[] = []) {
  let now = 0;
  const simulator = runwareSimulation.create(
    {
      now: () => now,
      random: () => 0.5,
      generationFault: () => generationFaults.shift(),
      fileUrl: (file) => `https://vm.runware.ai/${JSON.stringify(file)}`,
    },
    "key",
  );
  const request = (body: unknown, headers: Record<string, string> = { authorization: "Bearer key" }) => ({
    method: "POST",
    path: "/v1",
    query: new URLSearchParams(),
    headers,
    text: JSON.stringify(body),
  });
  return {
    simulator,
    request,
    send: (...tasks: object[]) => simulator.handle(request(tasks)),
    advance: (ms: number) => {
      now += ms;
    },
  };
}

describe("the simulated vendor", () => {
  it.each([
    [
      "a field that the model does not declare",
      { ...veo, safety: { mode: "fast" } },
      "unsupportedParameter",
      "safety",
    ],
    ["another vendor's settings", { ...veo, settings: { audio: true } }, "unsupportedParameter", "settings"],
    ["a missing prompt", { ...veo, positivePrompt: undefined }, "missingPositivePrompt", "positivePrompt"],
    ["a prompt of one letter", { ...veo, positivePrompt: "A" }, "invalidPositivePrompt", "positivePrompt"],
    ["a task UUID of our own making", { ...veo, taskUUID: "video-1" }, "invalidTaskUUID", "taskUUID"],
    [
      "a video that is waited for",
      { ...veo, deliveryMethod: "sync" },
      "invalidDeliveryMethod",
      "deliveryMethod",
    ],
    ["a size outside the table", { ...veo, width: 1281 }, "unsupportedModelResolution", "width"],
    ["a length outside the table", { ...veo, duration: 5 }, "unsupportedDuration", "duration"],
    ["a model that it does not have", { ...veo, model: "veo-3.1" }, "invalidModel", "model"],
    [
      "a size next to two frames of the lite model",
      {
        ...veo,
        model: "google:veo@3.1-lite",
        resolution: "720p",
        inputs: { frameImages: [frame("first"), frame("last")] },
      },
      "unsupportedParameter",
      "width",
    ],
    [
      "a last frame without a first",
      { ...veo, inputs: { frameImages: [frame("last")] } },
      "invalidInputs",
      "inputs.frameImages.0.frame",
    ],
  ])("refuses %s and does not bill it", (_, task, code, parameter) => {
    const { send, simulator } = open();
    expect(send(task)).toMatchObject({ status: 400, body: { errors: [{ code, parameter }] } });
    expect(simulator.paidStarts()).toHaveLength(0);
  });

  it("does not use up a generationFault on a start that it refuses", () => {
    const { send } = open([{ type: "no-credits" }]);
    expect(send({ ...veo, duration: 5 })).toMatchObject({ status: 400 });
    expect(send(veo)).toMatchObject({ status: 402 });
  });

  it("accepts and refuses each task of a list by itself", () => {
    const { send, simulator } = open();
    expect(send(veo, { ...veo, taskUUID: uuids[1], duration: 5 })).toMatchObject({
      status: 200,
      body: {
        data: [{ taskType: "videoInference", taskUUID: uuids[0] }],
        errors: [{ code: "unsupportedDuration", taskUUID: uuids[1] }],
      },
    });
    expect(simulator.paidStarts()).toEqual([
      { id: uuids[0], model: "google:3@2", startedAt: 0, endsAt: 104_000 },
    ]);
  });

  it("takes its key from the header or from a first task, and no other request", () => {
    const { simulator, request } = open();
    const authentication = { taskType: "authentication", apiKey: "key" };
    expect(simulator.handle(request([authentication, veo], {})).status).toBe(200);
    expect(simulator.handle(request([veo], {})).status).toBe(401);
    expect(simulator.handle(request(veo)).status).toBe(400);
    expect(simulator.handle({ ...request([veo]), path: "/v1/videos" }).status).toBe(404);
    expect(simulator.handle({ ...request([veo]), method: "GET" }).status).toBe(404);
  });

  it("knows which requests are billed", () => {
    const { request } = open();
    expect(runwareSimulation.isStart(request([{ taskType: "ping", ping: true }, veo]))).toBe(true);
    expect(runwareSimulation.isStart(request([{ taskType: "getResponse", taskUUID: uuids[0] }]))).toBe(false);
    expect(runwareSimulation.isStart({ ...request([]), text: "" })).toBe(false);
  });

  it("reports each result once to the URL of its task, results flat and errors in an envelope", () => {
    const { send, simulator, advance } = open([
      { type: "slow", factor: 1 },
      { type: "fail" },
      { type: "stuck" },
    ]);
    uuids.forEach((taskUUID) => {
      send({ ...veo, taskUUID, webhookURL: `https://fn.example.test/${taskUUID}` });
    });
    expect(simulator.takeWebhooks()).toEqual([]);
    advance(3_600_000);
    const [success, failure, ...rest] = simulator.takeWebhooks();
    expect(success?.url).toBe(`https://fn.example.test/${uuids[0]}`);
    expect(JSON.parse(success?.body ?? "")).toMatchObject({ taskUUID: uuids[0], status: "success" });
    expect(JSON.parse(failure?.body ?? "")).toMatchObject({ errors: [{ taskUUID: uuids[1] }] });
    expect(rest).toEqual([]);
    expect(simulator.takeWebhooks()).toEqual([]);
  });

  it("passes a defect on to the file that it makes", () => {
    const { send, advance } = open([{ type: "bad-output", defect: "truncated" }]);
    send(veo);
    advance(3_600_000);
    const answer = send({ taskType: "getResponse", taskUUID: uuids[0] });
    expect(JSON.stringify(answer.body)).toContain("truncated");
  });

  it("follows the shape of the picture where a task has no size of its own", () => {
    const { send, advance } = open();
    const { width, height, ...rest } = veo;
    const image = "https://files.example.test/portrait-1080x1920.png";
    const inputs = { frameImages: [{ image, frame: "first" }] };
    expect(send({ ...rest, model: "klingai:kling-video@3-pro", inputs })).toMatchObject({ status: 200 });
    advance(3_600_000);
    const body = JSON.stringify(send({ taskType: "getResponse", taskUUID: uuids[0] }).body);
    expect(body.replaceAll("\\", "")).toContain('"width":1080,"height":1920');
  });

  it("keeps what was asked and answered for whoever comes back after a crash", () => {
    const { send } = open();
    send({ ...veo, uploadEndpoint: "https://storage.example.test/put" });
    expect(send({ taskType: "getTaskDetails", taskUUID: uuids[0] })).toMatchObject({
      status: 200,
      body: { data: [{ request: [{ uploadEndpoint: "https://storage.example.test/put" }] }] },
    });
    expect(send({ taskType: "getTaskDetails", taskUUID: uuids[1] })).toMatchObject({ status: 404 });
  });

  it("deletes an uploaded file once", () => {
    const { send } = open();
    const upload = {
      taskType: "mediaStorage",
      taskUUID: uuids[0],
      operation: "upload",
      media: "https://a.test/a.png",
    };
    const body = JSON.stringify(send(upload).body);
    const media = /"mediaUUID":"([^"]+)"/.exec(body)?.[1] ?? "";
    expect(send({ ...upload, operation: "delete", media }).status).toBe(200);
    expect(send({ ...upload, operation: "delete", media }).status).toBe(404);
  });

  it("answers an unknown task like one that waits", () => {
    const { send } = open();
    expect(send({ taskType: "getResponse", taskUUID: uuids[0] })).toEqual({
      status: 200,
      body: { data: [] },
    });
  });

  it("refuses a task type that it does not have", () => {
    const { send } = open();
    expect(send({ taskType: "dance", taskUUID: uuids[0] })).toMatchObject({
      status: 400,
      body: { errors: [{ code: "unsupportedTaskType" }] },
    });
  });
});
