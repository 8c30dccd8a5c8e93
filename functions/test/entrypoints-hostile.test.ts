import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { withSteps } from "../simulation/kit/intercept-calls.js";
import { type FunctionsHost, startFunctionsHost } from "../simulation/local/local-functions.js";
import { videoRequestSchema } from "../src/domain/request/request.js";
import { useRuntime } from "../src/entrypoints/config/runtime.js";
import { createIssuer, publishKeys } from "./entrypoints/id-tokens.js";
import { openWorld } from "./entrypoints/world.js";

const projectId = "demo-hostile";
process.env.GCLOUD_PROJECT = projectId;
for (const method of ["debug", "warn"] as const) {
  jest.spyOn(console, method).mockImplementation(() => undefined);
}
const functions = await import("../src/index.js");
const userCallables = Object.entries(functions)
  .filter(([name, { __endpoint }]) => __endpoint.callableTrigger !== undefined && !name.startsWith("admin"))
  .map(([name]) => name);
const issuer = createIssuer(projectId);

const tokens = new Map<string, string>();

let host: FunctionsHost;
let steps: string[];
let closeKeys: () => Promise<void>;

beforeAll(async () => {
  closeKeys = await publishKeys({ k1: issuer.publicKey });
  const load = async () => ({ ...functions });
  host = await startFunctionsHost({ projectId, region: "us-central1", load, routes: [] });
});

beforeEach(() => {
  steps = [];
  useRuntime(withSteps(openWorld().deps, (name) => steps.push(name)));
});

afterAll(async () => {
  await host.close();
  await closeKeys();
  delete process.env.GCLOUD_PROJECT;
});

/** Sends JSON as it is written, since some of it is no value of JavaScript. */
async function send(name: string, json: string, uid = "ada") {
  const token = tokens.get(uid) ?? issuer.token({ sub: uid });
  tokens.set(uid, token);
  const response = await fetch(`${host.functionsUrl}/${name}`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: `{"data":${json}}`,
  });
  const { error } = (await response.json()) as { error?: { status: string; message: string } };
  return { status: response.status, reason: error?.status, message: error?.message ?? "" };
}

const changing = /create|update|grant|write|delete|enqueue|record|append|start$|cancel/;

describe("an id that is none", () => {
  const ids: readonly (readonly [string, string])[] = [
    ["nothing", ""],
    ["a dot", "."],
    ["two dots", ".."],
    ["a way up", "../users/bob"],
    ["an escaped way up", "..%2fusers%2fbob"],
    ["escaped dots", "%2e%2e/bob"],
    ["a way up with backslashes", "\\..\\users\\bob"],
    ["a leading slash", "/videoJobs/a"],
    ["a path", "videoJobs/a/attempts/1"],
    ["a null character", "a\0b"],
    ["a line break", "a\r\nb"],
    ["a name that Firestore keeps", "__name__"],
    ["a member of every object", "__proto__"],
    ["another member", "constructor"],
    ["1,025 characters", "a".repeat(1_025)],
    ["1,501 characters", "a".repeat(1_501)],
    ["writing from right to left", "\u202e0123456789abcdef01234567"],
    ["a letter with an accent in one", "\u00e9"],
    ["the same in two", "e\u0301"],
    ["half a character", "\ud800"],
    ["digits of another script", "０１２３４５６７８９abcdef01234567"],
    ["a true id with a space", " 0123456789abcdef01234567"],
    ["a true id in capitals", "0123456789ABCDEF01234567"],
  ];

  it.each(ids)("is absent or refused in every callable, and nothing is written: %s", async (what, id) => {
    for (const name of userCallables) {
      for (const input of [{ jobId: id }, { batchId: id }, { batchId: id, key: "1" }]) {
        const { status } = await send(name, JSON.stringify(input), `user of ${what}`);
        expect([name, input, [400, 404].includes(status)]).toEqual([name, input, true]);
      }
    }
    expect(steps.filter((step) => changing.test(step))).toEqual([]);
  });

  it.each(ids)("names no video of a requestId and no clip either: %s", async (_what, id) => {
    const requestId = JSON.stringify(id);
    const pair = '{"first":"https://images.example.com/a.png","last":"https://images.example.com/b.png"}';
    // What Firestore keeps for itself is a requestId like any other: it is hashed with its user.
    const isName = /^[A-Za-z0-9_.:-]{1,128}$/.test(id);
    if (!isName) {
      const video = await send("createVideo", `{"kind":"text","prompt":"A boat","requestId":${requestId}}`);
      expect([video.status, video.message]).toEqual([400, expect.stringContaining("requestId")]);
    }
    const clips = await send("createClips", `{"prompt":"It grows","frames":{${requestId}:${pair}}}`);
    if (clips.status !== 200) expect([clips.status, clips.reason]).toEqual([400, "INVALID_ARGUMENT"]);
    else expect(id).toMatch(/^[A-Za-z0-9]/);
  });
});

describe("a value that is not what a field takes", () => {
  const values = [
    "null",
    "1e309",
    "-1e309",
    "-1",
    "-0.5",
    "[[1]]",
    "[null]",
    '"\\u0000"',
    '"\\ud800"',
    '{"$ne":1}',
    '{"$where":"sleep(1)"}',
    '{".sv":{"increment":1}}',
    '{"_methodName":{"delete":1}}',
    '{"__name__":1}',
    '{"__proto__":{"audio":true}}',
    '{"constructor":{"prototype":{"audio":true}}}',
  ];
  const picture = "https://images.example.com/a.png";
  const examples: Readonly<Record<string, object>> = {
    text: { kind: "text", prompt: "A boat" },
    image: { kind: "image", prompt: "A boat", image: picture },
    frames: { kind: "frames", prompt: "A boat", firstFrame: picture, lastFrame: picture },
    avatar: { kind: "avatar", script: "Good morning." },
  };
  const fields = videoRequestSchema.options.flatMap(({ shape }) =>
    Object.keys(shape).map((field) => [shape.kind.value, field] as const),
  );

  it.each(fields)(
    "is refused by the name of the field, before anything is read: %s, %s",
    async (kind, field) => {
      const { [field]: _, ...others } = examples[kind] as Record<string, unknown>;
      const rest = JSON.stringify(others).slice(1);
      for (const value of values) {
        const json = `{${JSON.stringify(field)}:${value}${rest === "}" ? "" : ","}${rest}`;
        const { status, reason, message } = await send("createVideo", json);
        expect([value, status, reason]).toEqual([value, 400, "INVALID_ARGUMENT"]);
        expect(message).toContain(value.includes("__proto__") ? "__proto__" : field);
      }
      expect(steps).toEqual([]);
      expect({}).not.toHaveProperty("audio");
    },
  );

  it.each([
    "a.b",
    "`a`",
    "$set",
    "__name__",
    "__proto__",
    "constructor",
    "price",
    "credits",
    "uid",
    "tier",
    "status",
  ])("is nothing under a name that is no field: %s", async (name) => {
    const json = `{${JSON.stringify(name)}:{"a":1},"kind":"text","prompt":"A boat"}`;
    const { status, message } = await send("createVideo", json);
    expect([status, message]).toEqual([400, expect.stringContaining(name)]);
    expect(steps).toEqual([]);
  });
});
