import { request as httpRequest } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import functionsTest from "firebase-functions-test";
import { withSteps } from "../simulation/kit/intercept-calls.js";
import { type FunctionsHost, startFunctionsHost } from "../simulation/local/local-functions.js";
import { useRuntime } from "../src/entrypoints/config/runtime.js";
import * as functions from "../src/index.js";
import { callback, end } from "./engine/webhooks.js";
import { createWorld, type World } from "./engine/world.js";
import { call, refusal } from "./entrypoints/calls.js";

const { wrap, cleanup } = functionsTest({ projectId: "demo-entrypoints" });

let host: FunctionsHost;
let world: World;
let jobId: string;
let steps: string[];
let jobs = 0;

/** A job at a provider that does not sign, so that only the token of the address counts. */
beforeAll(async () => {
  host = await startFunctionsHost({
    projectId: "demo-entrypoints",
    region: "us-central1",
    load: async () => ({ webhook: functions.webhook }),
    routes: [],
  });
});

beforeEach(async () => {
  world = createWorld();
  // The endpoint remembers for each job when it last asked, as an instance does.
  jobs += 1;
  ({ id: jobId } = await world.submit({ providers: { only: ["runware"] }, requestId: `webhook-${jobs}` }));
  await world.runDue();
  world.advance(600);
  steps = [];
  useRuntime(withSteps(world.deps, (name) => steps.push(name)));
});

afterAll(async () => {
  await host.close();
  cleanup();
});

/** The callback of the job at this host. */
function address(provider = "runware"): string {
  return callback(world, jobId, provider).url.replace("https://fn.example.test", host.functionsUrl);
}

function post(url: string, body: string | Buffer = end, headers: Record<string, string> = {}) {
  return fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: body as string,
  });
}

describe("the webhook endpoint", () => {
  it("takes a callback and moves the job by what the provider itself says", async () => {
    const response = await post(address());
    expect([response.status, await response.text()]).toEqual([200, ""]);
    expect((await world.job(jobId)).status).toBe("storing");
  });

  it("takes it with a slash at the end of the path as well", async () => {
    expect((await post(address().replace("?", "/?"))).status).toBe(200);
    expect((await world.job(jobId)).status).toBe("storing");
  });

  it("refuses an address that was guessed or changed, without touching a document", async () => {
    const good = address();
    const wrong = [
      good.replace(/token=.*/, ""),
      good.replace(/token=.*/, `token=${"A".repeat(43)}`),
      good.replace(/token=.*/, `token=${"%C3%A9".repeat(43)}`),
      good.replace(/token=/, "token[]="),
      good.replace(/job=[0-9a-f]+/, `job=${"f".repeat(24)}`),
      good.replace(/job=[0-9a-f]+/, "job=..%2F..%2Fusers"),
      good.replace("attempt=1", "attempt=2"),
      good.replace("attempt=1", "attempt=1e0"),
      good.replace("?", "?job=x&").replace(/&job=[0-9a-f]+/, ""),
    ];
    for (const url of wrong) expect([url, (await post(url)).status]).toEqual([url, 401]);
    expect(steps).toEqual([]);
  });

  it("knows no other provider, nor one that has no webhooks", async () => {
    for (const provider of ["runway", "nobody", "__proto__"]) {
      expect((await post(address(provider))).status).toBe(404);
    }
    expect((await post(`${host.functionsUrl}/webhook`)).status).toBe(404);
    expect(steps).toEqual([]);
  });

  it.each(["GET", "PUT", "DELETE", "PATCH"])("answers %s with what it can", async (method) => {
    const response = await fetch(address(), { method });
    expect([response.status, response.headers.get("allow")]).toEqual([405, "POST, OPTIONS"]);
    expect(steps).toEqual([]);
  });

  it("answers a vendor that asks whether there is anybody", async () => {
    expect((await fetch(address(), { method: "OPTIONS" })).status).toBe(204);
  });

  it.each([
    ["a little more than a megabyte", 1024 * 1024],
    ["fifty megabytes", 50 * 1024 * 1024],
  ])("refuses %s", async (_name, bytes) => {
    expect(
      (await post(address(), JSON.stringify("x".repeat(bytes)).replace(/^/, "[").concat("]"))).status,
    ).toBe(413);
    expect(steps).toEqual([]);
  });

  it("survives a body that is deep, doubled, or made to pollute", async () => {
    const deep = "[".repeat(100_000) + "]".repeat(100_000);
    for (const body of [deep, '{"__proto__":{"taskUUID":"x"}}', '{"taskUUID":1,"taskUUID":{}}', "[]"]) {
      expect((await post(address(), body)).status).toBe(200);
    }
    expect((await post(address(), "{")).status).toBe(400);
    expect((await post(address(), end, { "content-type": "text/plain" })).status).toBe(200);
    expect(steps).toEqual([]);
    expect({}).not.toHaveProperty("taskUUID");
  });

  it("survives a header of a megabyte", async () => {
    const status = await new Promise((resolve) => {
      const sent = httpRequest(address(), {
        method: "POST",
        headers: { "x-signature": "f".repeat(1024 * 1024) },
      });
      sent.on("response", (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      // The server may hang up while the header is still on its way.
      sent.on("error", () => resolve("closed"));
      sent.end();
    });
    expect([431, "closed"]).toContain(status);
    expect((await post(address())).status).toBe(200);
  });

  it("asks for a repetition when a store cannot be reached", async () => {
    const get = () => Promise.reject(new Error("unavailable"));
    useRuntime({ ...world.deps, jobs: { ...world.deps.jobs, get } });
    expect((await post(address())).status).toBe(500);
    const failed = world.log.lines.filter((line) => line.event === "webhook.failed");
    expect(failed).toMatchObject([{ level: "error", fields: { reason: "Error: unavailable" } }]);
    useRuntime(world.deps);
    expect((await post(address())).status).toBe(200);
    expect((await world.job(jobId)).status).toBe("storing");
  });
});

describe("adminRegisterWebhook", () => {
  const register = wrap(functions.adminRegisterWebhook);
  const asAdmin = (data: unknown) => register(call(data, "root", { admin: true }));

  it("shows the secret once, with the name under which to keep it", async () => {
    const answer = await asAdmin({ provider: "heygen" });
    expect(answer).toMatchObject({
      provider: "heygen",
      url: "https://fn.example.test/webhook/heygen",
      signingSecret: expect.stringMatching(/^whsec_/),
      secretName: "HEYGEN_WEBHOOK_SECRET",
      next: expect.stringContaining("firebase functions:secrets:set HEYGEN_WEBHOOK_SECRET"),
    });
    expect(world.audit.lines).toMatchObject([{ actor: "root", action: "webhook.registered" }]);
    expect(JSON.stringify(world.log.lines)).not.toContain(answer.signingSecret);
  });

  it("is for administrators", async () => {
    expect(await refusal(register(call({ provider: "heygen" }, "ada")))).toMatchObject({
      code: "permission-denied",
    });
    expect(steps).toEqual([]);
  });

  it("says why nothing was registered", async () => {
    expect(await refusal(asAdmin({ provider: "runway" }))).toMatchObject({ code: "invalid-argument" });
    world.fault("heygen:unauthorized*1");
    world.fault("heygen:hang");
    expect(await refusal(asAdmin({ provider: "heygen" }))).toMatchObject({
      code: "failed-precondition",
      details: { reason: "PROVIDER_UNREACHABLE", retryable: true },
    });
  });
});
