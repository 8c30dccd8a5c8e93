import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { Runware } from "@runware/sdk-js";
import { runwareSimulation } from "../../../simulation/vendors/runware/simulator.js";
import { openVendorBench, type VendorBench } from "../../../test/providers/provider.contract.js";
import { openWebsocketFront, type WebsocketFront } from "../../../test/providers/runware-websocket-front.js";
import { runware } from "./index.js";

const apiKey = "canary-key-7f3a";
const uuid = "0bf7ea30-1217-4b85-8524-4e0ca79e3f29";
const veo = {
  model: "google:3@3",
  positivePrompt: "Slow dolly through a sunlit office",
  width: 1280,
  height: 720,
  duration: 4,
};
/** Between two polls of the SDK. */
const pollMs = 2_000;

/**
 * The official client is the judge here: whatever the simulator says must satisfy it. It speaks
 * websocket only, so the simulator stands behind the vendor's websocket protocol.
 */
describe("the official SDK against the simulator", () => {
  const { setInterval: realSetInterval, setTimeout: realSetTimeout } = globalThis;
  let bench: VendorBench;
  let front: WebsocketFront;
  let clients: InstanceType<typeof Runware>[];
  let timers: NodeJS.Timeout[];

  async function open(...faults: string[]): Promise<void> {
    bench = await openVendorBench({ vendor: runware, simulation: runwareSimulation }, { faults });
    front = await openWebsocketFront(bench.simulator);
  }

  async function connect(): Promise<InstanceType<typeof Runware>> {
    // A heartbeat as often as the SDK allows.
    const client = await Runware.initialize({ apiKey, url: front.url, heartbeatInterval: 10_000 });
    clients.push(client);
    return client;
  }

  beforeEach(() => {
    clients = [];
    timers = [];
    // The SDK waits by looking again and again: let it look often, and simulated time pass instead of ours.
    const hurry = (callback: () => void, delayMs = 0) => {
      const look = () => {
        if (delayMs === pollMs) bench.advance(delayMs);
        callback();
      };
      timers.push(realSetInterval(look, delayMs / 100));
      return timers.at(-1);
    };
    const remember = (callback: () => void, delayMs = 0) => {
      timers.push(realSetTimeout(callback, delayMs));
      return timers.at(-1);
    };
    globalThis.setInterval = Object.assign(hurry, realSetInterval) as typeof setInterval;
    globalThis.setTimeout = Object.assign(remember, realSetTimeout) as typeof setTimeout;
  });

  afterEach(async () => {
    Object.assign(globalThis, { setInterval: realSetInterval, setTimeout: realSetTimeout });
    await Promise.all(clients.map((client) => client.disconnect()));
    await front.close();
    await bench.close();
    // It goes on waiting a minute for each poll that was answered with nothing.
    for (const timer of timers) clearInterval(timer);
  });

  it("connects, makes a video, asks until it is there and downloads it", async () => {
    await open();
    const client = await connect();
    const videos = await client.videoInference({ ...veo, includeCost: true });
    expect(videos).toMatchObject([{ taskType: "videoInference", status: "success", cost: 0.4 }]);
    const file = await fetch([videos].flat()[0]?.videoURL ?? "");
    expect(file.status).toBe(200);
    expect(front.tasks.slice(0, 2)).toEqual(["authentication", "videoInference"]);
    expect(front.tasks.filter((task) => task === "getResponse").length).toBeGreaterThan(10);
    expect(bench.simulator.paidStarts()).toMatchObject([{ model: "google:3@3" }]);
  });

  it("keeps its one connection alive with pings while it waits", async () => {
    await open();
    await (await connect()).videoInference(veo);
    expect(front.tasks.filter((task) => task === "ping").length).toBeGreaterThan(1);
    expect(front.connections()).toBe(1);
  });

  it("sends frames and the settings of a model as they are", async () => {
    await open();
    const client = await connect();
    const image = "https://files.example.test/a.png";
    const frames = [
      { image, frame: "first" },
      { image, frame: "last" },
    ];
    const { width, height, ...rest } = veo;
    const kling = { ...rest, model: "klingai:kling-video@3-pro", inputs: { frameImages: frames } };
    const providerSettings = { klingai: { sound: true } };
    await client.videoInference({ ...kling, providerSettings, customTaskUUID: uuid, skipResponse: true });
    const sent = { ...kling, providerSettings, taskUUID: uuid, deliveryMethod: "async" };
    expect(await client.getTaskDetails({ taskUUID: uuid })).toMatchObject({ request: [sent] });
  });

  it("makes pictures, also with references", async () => {
    await open();
    const client = await connect();
    const square = { positivePrompt: "A portrait in a library", width: 1024, height: 1024 };
    const flux = { ...square, model: "runware:101@1", steps: 28, seed: 7, includeCost: true } as const;
    const images = await client.imageInference({ ...flux, outputType: "URL", outputFormat: "JPG" });
    expect(images).toMatchObject([{ taskType: "imageInference", cost: 0.0013 }]);
    expect((await fetch(images?.[0]?.imageURL ?? "")).status).toBe(200);
    const inputs = { referenceImages: ["https://files.example.test/hero.jpg"] };
    expect(await client.imageInference({ ...square, model: "google:4@3", inputs })).toHaveLength(1);
  });

  it("reads a wrong key as such", async () => {
    await open();
    const stranger = Runware.initialize({ apiKey: "wrong", url: front.url });
    await expect(stranger).rejects.toMatchObject({
      error: { code: "invalidApiKey", parameter: "apiKey", taskType: "authentication" },
    });
    expect(front.tasks).toEqual(["authentication"]);
  });

  it.each([
    ["an unknown model", { model: "google:0@0" }, "invalidModel", "model"],
    ["a length outside the table", { duration: 5 }, "unsupportedDuration", "duration"],
    ["a field that the model does not declare", { motion: 1 }, "unsupportedParameter", "motion"],
  ])("reads the refusal of %s, and nothing is billed", async (_, changes, code, parameter) => {
    await open();
    const client = await connect();
    const refused = client.videoInference({ ...veo, ...changes, customTaskUUID: uuid });
    await expect(refused).rejects.toMatchObject({ error: { code, parameter, taskUUID: uuid } });
    expect(front.tasks).toEqual(["authentication", "videoInference"]);
    expect(bench.simulator.paidStarts()).toEqual([]);
  });

  it("reads a generation that broke inside the vendor", async () => {
    await open("fail");
    const client = await connect();
    const broken = client.videoInference({ ...veo, customTaskUUID: uuid });
    await expect(broken).rejects.toMatchObject({ error: { code: "inferenceError", taskUUID: uuid } });
  });

  it("is told of a conflict when it sends a task again, which is billed once and can still be read", async () => {
    await open();
    const client = await connect();
    const again = { ...veo, customTaskUUID: uuid, skipResponse: true };
    expect(await client.videoInference(again)).toMatchObject({ taskUUID: uuid });
    await expect(client.videoInference(again)).rejects.toMatchObject({
      error: { code: "conflictTaskUUID", taskUUID: uuid },
    });
    expect(bench.simulator.paidStarts()).toMatchObject([{ id: uuid }]);
    bench.advance(3_600_000);
    // The SDK keeps an error under its task for good, so another connection asks.
    const reader = await connect();
    expect(await reader.getResponse({ taskUUID: uuid })).toMatchObject([{ status: "success" }]);
  });

  it("uploads a picture and deletes it", async () => {
    await open();
    const client = await connect();
    const { mediaUUID } = await client.mediaStorage({ media: "https://files.example.test/a.png" });
    expect(await client.mediaStorage({ operation: "delete", media: mediaUUID })).toMatchObject({ mediaUUID });
    await expect(client.mediaStorage({ operation: "delete", media: mediaUUID })).rejects.toMatchObject({
      error: { code: "mediaNotFound" },
    });
  });
});
