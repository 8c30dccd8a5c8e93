import { mkdtemp, rm } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { type App, cert, deleteApp, initializeApp } from "firebase-admin/app";
import { getStorage } from "firebase-admin/storage";
import { z } from "zod";
import { createSigningKey } from "../../../simulation/cloud/storage/downloads.js";
import { type StorageServer, startStorageServer } from "../../../simulation/cloud/storage-server.js";
import {
  type LoopbackServer,
  sendJson,
  startLoopbackServer,
} from "../../../simulation/kit/loopback-server.js";
import { silentLogger } from "../../../simulation/kit/silent-logger.js";
import type { ConversionTarget, StoredVideo } from "../../engine/ports/converter.js";
import type { MediaStore } from "../../engine/ports/media-store.js";
import { firebaseMediaStore } from "./media-store.js";
import { transcoderConverter } from "./transcoder-converter.js";

const projectId = "demo-transcoder";
const bucketName = "demo-transcoder.appspot.com";

/** The few fields by which the stand-in knows where its result goes. */
const created = z.object({
  config: z.object({
    output: z.object({ uri: z.string() }),
    muxStreams: z.array(z.object({ fileName: z.string() })),
  }),
});

let app: App;
let directory: string;
let storage: StorageServer;
let media: MediaStore;
let api: LoopbackServer;
/** What the API is to answer to each look, and the calls it got. */
let states: object[];
let calls: { line: string; authorization: string | undefined; body: unknown }[];
let refuse: number | null;

const bucket = () => getStorage(app).bucket(bucketName);
const jobName = `projects/123/locations/europe-west1/jobs/job-1`;

beforeAll(async () => {
  jest.spyOn(console, "warn").mockImplementation(() => undefined);
  directory = await mkdtemp(join(tmpdir(), "reelay-transcoder-"));
  const key = await createSigningKey(projectId);
  storage = await startStorageServer({ directory, signers: [key] });
  process.env.STORAGE_EMULATOR_HOST = storage.origin;
  app = initializeApp({ projectId, credential: cert({ projectId, ...key }) }, projectId);
  media = firebaseMediaStore({ bucketName, bucket: bucket(), log: silentLogger, now: Date.now });
});

beforeEach(async () => {
  calls = [];
  refuse = null;
  states = [{ state: "PENDING" }, { state: "RUNNING" }, { state: "SUCCEEDED" }];
  api = await startLoopbackServer(answer);
});

afterEach(() => api.close());

afterAll(async () => {
  await deleteApp(app);
  await storage.close();
  await rm(directory, { recursive: true });
  delete process.env.STORAGE_EMULATOR_HOST;
});

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const content = await text(request);
  const body: unknown = content === "" ? undefined : JSON.parse(content);
  calls.push({
    line: `${request.method} ${request.url}`,
    authorization: request.headers.authorization,
    body,
  });
  if (request.method === "DELETE") return sendJson(response, 200, {});
  if (refuse !== null) return sendJson(response, refuse, { error: { message: "quota" } });
  if (request.method === "GET") {
    const state = states.length > 1 ? states.shift() : states[0];
    return sendJson(response, 200, { name: jobName, ...state });
  }
  const { output, muxStreams } = created.parse(body).config;
  const path = `${output.uri.replace(`gs://${bucketName}/`, "")}${muxStreams[0]?.fileName}`;
  await bucket().file(path).save("transcoded");
  sendJson(response, 200, { name: jobName, state: "PENDING" });
}

function converter(timeoutMs = 1_000) {
  return transcoderConverter({
    projectId,
    location: "europe-west1",
    bucketName,
    bucket: bucket(),
    media,
    baseUrl: api.origin,
    authorize: async () => ({ authorization: "Bearer token" }),
    pollMs: 2,
    timeoutMs,
  });
}

const source: StoredVideo = {
  path: "videos/ada/1.mp4",
  facts: { width: 1280, height: 720, durationSeconds: 8, codec: "avc1", hasAudio: true },
};
const target: ConversionTarget = {
  path: "videos/ada/1.converting.mp4",
  contentType: "video/mp4",
  maxBytes: 1_000_000,
  public: false,
  metadata: { attempt: "1" },
};

async function leftovers(): Promise<string[]> {
  const [files] = await bucket().getFiles({ prefix: "transcoder/" });
  return files.map((file) => file.name);
}

describe("the Transcoder API as a converter", () => {
  it("says what it can do: neither GIFs, nor pictures, nor very short files", () => {
    expect([...converter().capabilities]).toEqual(["h264", "h265", "join"]);
    expect(converter().minSeconds).toBe(5);
  });

  it("orders the codec, waits, and stores the result with its hash", async () => {
    const stored = await converter().convert(source, { format: "mp4", codec: "h265" }, target);
    expect(stored).toMatchObject({ path: target.path, bytes: 10, metadata: { attempt: "1" } });
    expect(await media.stat(target.path)).toEqual(stored);
    expect(calls.map(({ line }) => line)).toEqual([
      "POST /v1/projects/demo-transcoder/locations/europe-west1/jobs",
      ...Array.from({ length: 3 }, () => `GET /v1/${jobName}`),
      `DELETE /v1/${jobName}`,
    ]);
    expect(calls.every(({ authorization }) => authorization === "Bearer token")).toBe(true);
    expect(calls[0]?.body).toMatchObject({
      config: {
        inputs: [{ key: "input0", uri: `gs://${bucketName}/${source.path}` }],
        editList: [{ key: "atom0", inputs: ["input0"] }],
        elementaryStreams: [
          { videoStream: { h265: { widthPixels: 1280, heightPixels: 720, frameRate: 60 } } },
          { audioStream: { codec: "aac" } },
        ],
        muxStreams: [{ container: "mp4", elementaryStreams: ["video", "audio"] }],
      },
    });
    expect(await leftovers()).toEqual([]);
  });

  it("splits a bitrate between picture and sound, and asks for no sound where there is none", async () => {
    const spec = { format: "mp4", codec: "h264", bitrateKbps: 800 } as const;
    await converter().convert(source, spec, target);
    await converter().convert({ ...source, facts: { ...source.facts, hasAudio: false } }, spec, target);
    const streams = calls
      .filter(({ line }) => line.startsWith("POST"))
      .map(({ body }) => JSON.stringify(body).match(/"bitrateBps":\d+/g));
    expect(streams).toEqual([['"bitrateBps":700000', '"bitrateBps":100000'], ['"bitrateBps":800000']]);
  });

  it("joins several in their order", async () => {
    await converter().join([source, { ...source, path: "videos/ada/2.mp4" }], target);
    expect(calls[0]?.body).toMatchObject({
      config: { editList: [{ inputs: ["input0"] }, { inputs: ["input1"] }] },
    });
  });

  it.each([
    [
      "a failed job",
      [{ state: "FAILED", error: { message: "bad input" } }],
      "the transcoder failed: bad input",
    ],
    ["one that never ends", [{ state: "RUNNING" }], "not done after 40 ms"],
  ])("throws on %s, ends it and stores nothing", async (_what, answers, message) => {
    states = answers;
    await media.delete(target.path);
    const conversion = converter(40).convert(source, { format: "mp4", codec: "h265" }, target);
    await expect(conversion).rejects.toThrow(message);
    expect(calls.at(-1)?.line).toBe(`DELETE /v1/${jobName}`);
    expect(await media.stat(target.path)).toBeNull();
    expect(await leftovers()).toEqual([]);
  });

  it("orders once: a start that is refused is not repeated here", async () => {
    refuse = 429;
    const conversion = converter().convert(source, { format: "mp4", codec: "h265" }, target);
    await expect(conversion).rejects.toThrow("the transcoder answered 429");
    expect(calls).toHaveLength(1);
  });
});
