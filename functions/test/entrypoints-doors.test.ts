import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { withSteps } from "../simulation/kit/intercept-calls.js";
import { type FunctionsHost, startFunctionsHost } from "../simulation/local/local-functions.js";
import type { SignIn } from "../src/adapters/firebase/sign-ins.js";
import { useRuntime } from "../src/entrypoints/config/runtime.js";
import { createIssuer, publishKeys } from "./entrypoints/id-tokens.js";
import { openWorld } from "./entrypoints/world.js";

const projectId = "demo-doors";
// Read by the library when it first verifies a token.
process.env.GCLOUD_PROJECT = projectId;
// It prints a line for every token that it looked at, and takes the console's methods when it is loaded.
for (const method of ["debug", "warn"] as const) {
  jest.spyOn(console, method).mockImplementation(() => undefined);
}
const functions = await import("../src/index.js");
const endpoints = Object.entries(functions).map(([name, { __endpoint }]) => ({ name, ...__endpoint }));
const callables = endpoints.filter((one) => one.callableTrigger !== undefined).map(({ name }) => name);
const adminCallables = callables.filter((name) => name.startsWith("admin"));
const tasks = endpoints.filter((one) => one.taskQueueTrigger !== undefined).map(({ name }) => name);
const issuer = createIssuer(projectId);

let host: FunctionsHost;
let steps: string[];
/** What the account of a token was asked for, and the answer. */
let signIns: SignIn[];
let isSignInValid: boolean;
let closeKeys: () => Promise<void>;

beforeAll(async () => {
  closeKeys = await publishKeys({ k1: issuer.publicKey });
  const load = async () => ({ ...functions });
  host = await startFunctionsHost({ projectId, region: "us-central1", load, routes: [] });
});

beforeEach(() => {
  steps = [];
  signIns = [];
  isSignInValid = true;
  useRuntime(
    withSteps(openWorld().deps, (name) => steps.push(name)),
    {
      isSignInValid: async (signIn) => {
        signIns.push(signIn);
        return isSignInValid;
      },
    },
  );
});

afterAll(async () => {
  await host.close();
  await closeKeys();
  delete process.env.GCLOUD_PROJECT;
});

async function send(name: string, data: unknown, token = ""): Promise<{ status: number; error: unknown }> {
  const response = await fetch(`${host.functionsUrl}/${name}`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(token === "" ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ data }),
  });
  const text = await response.text();
  return { status: response.status, error: text === "" ? undefined : JSON.parse(text).error };
}

const video = { kind: "text", prompt: "A paper boat", providers: { only: ["runway:gen4.5"] } };

describe("a token that Google did not make for a user of this project", () => {
  it.each(Object.entries(issuer.forged))(
    "opens no callable, and nothing is read: %s",
    async (_what, token) => {
      for (const name of callables) {
        const { status, error } = await send(name, video, token);
        expect([name, status, error]).toEqual([
          name,
          401,
          expect.objectContaining({ status: "UNAUTHENTICATED" }),
        ]);
      }
      expect([steps, signIns]).toEqual([[], []]);
    },
  );

  it("is told from one that it did make", async () => {
    expect(await send("createVideo", video, issuer.token())).toMatchObject({ status: 200 });
    expect(steps).toContain("after jobs.create");
  });
});

describe("a callable for administrators", () => {
  it.each(adminCallables)("is closed to every other token, whatever the data claims: %s", async (name) => {
    const tokens = [{}, { admin: "true" }, { admin: 1 }, { admin: ["true"] }, { claims: { admin: true } }];
    for (const claims of tokens) {
      const data = { admin: true, auth: { token: { admin: true } }, ...video };
      const { status, error } = await send(name, data, issuer.token(claims));
      expect([status, error]).toEqual([
        403,
        expect.objectContaining({ details: expect.objectContaining({ reason: "ADMIN_ONLY" }) }),
      ]);
    }
    expect(steps).toEqual([]);
  });
});

describe("an account that was disabled, deleted or signed out everywhere", () => {
  const spending = [
    "createVideo",
    "createSceneVideo",
    "createClips",
    "createSceneBatch",
    "retryVideo",
    "retryClip",
    "retrySceneInBatch",
  ];
  const inputs: Readonly<Record<string, object>> = {
    retryVideo: { jobId: "0".repeat(24) },
    retryClip: { batchId: "0".repeat(24), key: "1" },
    retrySceneInBatch: { batchId: "0".repeat(24), key: "1" },
  };

  it.each(spending)("starts nothing, though its token is still good: %s", async (name) => {
    isSignInValid = false;
    expect(await send(name, inputs[name] ?? video, issuer.token())).toMatchObject({
      status: 401,
      error: { details: { reason: "SIGN_IN_ENDED" } },
    });
    expect(signIns).toMatchObject([{ uid: "ada", tenant: null }]);
    expect(Date.now() - (signIns[0]?.signedInAt ?? 0)).toBeLessThan(600_000);
    expect(steps).toEqual([]);
  });

  it("is no administrator any more either", async () => {
    isSignInValid = false;
    expect(await send("adminProviders", {}, issuer.token({ admin: true }))).toMatchObject({ status: 401 });
    expect(steps).toEqual([]);
  });

  it("is not asked for by calls that only read", async () => {
    expect(await send("getCredits", {}, issuer.token())).toMatchObject({ status: 200 });
    expect(signIns).toEqual([]);
  });
});

describe("a task function", () => {
  it.each(tasks)("takes no task without the token of Cloud Tasks: %s", async (name) => {
    expect(await send(name, { jobId: "0".repeat(24) })).toMatchObject({ status: 401 });
    expect(steps).toEqual([]);
  });
});
