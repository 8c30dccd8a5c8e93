import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { initializeApp } from "firebase-admin/app";
import { getAppCheck } from "firebase-admin/app-check";
import { withSteps } from "../simulation/kit/intercept-calls.js";
import { type FunctionsHost, startFunctionsHost } from "../simulation/local/local-functions.js";
import { useRuntime } from "../src/entrypoints/config/runtime.js";
import { createIssuer, publishKeys } from "./entrypoints/id-tokens.js";
import { openWorld } from "./entrypoints/world.js";

const projectId = "demo-app-check";
process.env.GCLOUD_PROJECT = projectId;
process.env.CONSUME_APP_CHECK = "true";
for (const method of ["debug", "warn"] as const) {
  jest.spyOn(console, method).mockImplementation(() => undefined);
}
const functions = await import("../src/index.js");
const issuer = createIssuer(projectId);

let host: FunctionsHost;
let steps: string[];
let closeKeys: () => Promise<void>;
/** Tokens that were shown to Google as used: the second time it says so. */
let consumed: string[];

beforeAll(async () => {
  jest
    .spyOn(getAppCheck(initializeApp({ projectId })), "verifyToken")
    .mockImplementation(async (token, options) => {
      const alreadyConsumed = consumed.includes(token);
      if (options?.consume === true) consumed.push(token);
      return { appId: "app", token: {} as never, alreadyConsumed };
    });
  closeKeys = await publishKeys({ k1: issuer.publicKey });
  const load = async () => ({ ...functions });
  host = await startFunctionsHost({ projectId, region: "us-central1", load, routes: [] });
});

beforeEach(() => {
  steps = [];
  consumed = [];
  useRuntime(withSteps(openWorld().deps, (name) => steps.push(name)));
});

afterAll(async () => {
  await host.close();
  await closeKeys();
  delete process.env.GCLOUD_PROJECT;
  delete process.env.CONSUME_APP_CHECK;
});

async function send(name: string, data: unknown, appCheck?: string) {
  const response = await fetch(`${host.functionsUrl}/${name}`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      authorization: `Bearer ${issuer.token()}`,
      ...(appCheck === undefined ? {} : { "x-firebase-appcheck": appCheck }),
    },
    body: JSON.stringify({ data }),
  });
  return { status: response.status, ...((await response.json()) as object) };
}

const video = { kind: "text", prompt: "A paper boat", providers: { only: ["runway:gen4.5"] } };

describe("CONSUME_APP_CHECK", () => {
  it("takes a token once for a call that spends credits, and nothing is read the second time", async () => {
    expect(await send("createVideo", video, "copied")).toMatchObject({ status: 200 });
    steps = [];
    expect(await send("createVideo", video, "copied")).toMatchObject({
      status: 400,
      error: { status: "FAILED_PRECONDITION", details: { reason: "APP_CHECK_USED", retryable: true } },
    });
    expect(steps).toEqual([]);
    expect(await send("createVideo", video, "fresh")).toMatchObject({ status: 200 });
  });

  it("wants a token for every such call", async () => {
    for (const name of ["createVideo", "createSceneVideo", "createClips", "createSceneBatch", "retryVideo"]) {
      expect(await send(name, video)).toMatchObject({ status: 401 });
    }
    expect(steps).toEqual([]);
  });

  it("lets calls that only read use one again, or none", async () => {
    for (const token of ["kept", "kept", undefined]) {
      expect(await send("getCredits", {}, token)).toMatchObject({ status: 200 });
    }
    expect(consumed).toEqual([]);
  });
});
