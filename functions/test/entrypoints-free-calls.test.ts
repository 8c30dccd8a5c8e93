import { afterAll, afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { defaultPolicy } from "../src/domain/policy/policy.js";
import { waitForVideo } from "../src/index.js";
import {
  createVideo,
  endTests,
  getCredits,
  getVideo,
  listVideos,
  quoteVideo,
  startVideo,
  useWorld,
} from "./entrypoints/callables.js";
import { call, refusal, textRequest } from "./entrypoints/calls.js";
import type { World } from "./entrypoints/world.js";

let world: World;

beforeEach(() => {
  world = useWorld();
});

afterEach(() => {
  delete process.env.ALLOW_ANONYMOUS;
});

afterAll(() => endTests());

describe("a user who is signed in anonymously", () => {
  const claims = { firebase: { sign_in_provider: "anonymous" } };

  it.each([
    ["createVideo", createVideo, textRequest],
    ["quoteVideo", quoteVideo, textRequest],
    ["listVideos", listVideos, {}],
    ["getCredits", getCredits, {}],
  ])("is refused with a sentence that says what to do: %s", async (_name, callable, input) => {
    const { code, message, details } = await refusal(callable(call(input, "ghost", claims)));
    expect({ code, details }).toEqual({
      code: "permission-denied",
      details: { reason: "ANONYMOUS_REFUSED", fault: "user", retryable: false },
    });
    expect(message).toMatch(/^Sign in with an account/);
  });

  it("is served where the installation says so", async () => {
    process.env.ALLOW_ANONYMOUS = "true";
    expect(await createVideo(call(textRequest, "ghost", claims))).toMatchObject({ status: "queued" });
  });

  it("is not every user who has a sign-in provider", async () => {
    const google = { firebase: { sign_in_provider: "google.com" } };
    expect(await getCredits(call({}, "ada", google))).toMatchObject({ balance: 100 });
  });
});

describe("a call that costs its user nothing", () => {
  const { callsPerUserPerMinute } = defaultPolicy.limits;

  it.each([
    ["quote", "cara", () => quoteVideo(call(textRequest, "cara"))],
    ["list", "cara", () => listVideos(call({}, "cara"))],
  ] as const)(
    "is refused when it comes too often, and says when it may come again: %s",
    async (kind, _uid, ask) => {
      for (let count = 0; count < callsPerUserPerMinute[kind]; count += 1) await ask();
      expect(await refusal(ask())).toMatchObject({
        code: "resource-exhausted",
        details: { reason: "RATE_EXCEEDED", retryAt: expect.any(Number) },
      });
      world.advance(60_000);
      await ask();
    },
  );

  it("is a look that asks the provider, and not one that reads what is known", async () => {
    const jobId = await startVideo("dora");
    const refresh = () => getVideo(call({ jobId, refresh: true }, "dora"));
    for (let count = 0; count < callsPerUserPerMinute.refresh; count += 1) await refresh();
    expect(await refusal(refresh())).toMatchObject({ code: "resource-exhausted" });
    expect(await getVideo(call({ jobId }, "dora"))).toMatchObject({ jobId });
    expect(await quoteVideo(call(textRequest, "dora"))).toMatchObject({ policyVersion: 0 });
  });

  it("is a video that is followed: so many at once, and a place is free again when one ends", async () => {
    const jobId = await startVideo("finn");
    const { streamsPerUser } = defaultPolicy.limits;
    const run = waitForVideo.run as (request: object, response: object) => Promise<unknown>;
    const clients = Array.from({ length: streamsPerUser }, () => new AbortController());
    const response = ({ signal }: AbortController) => ({ signal, sendChunk: async () => true });
    const follow = (client: AbortController) => run(call({ jobId }, "finn"), response(client));
    const streams = clients.map(follow);
    const one = new AbortController();
    expect(await refusal(Promise.resolve(follow(one)))).toMatchObject({
      code: "resource-exhausted",
      details: { reason: "RATE_EXCEEDED", limit: streamsPerUser },
    });
    clients[0]?.abort();
    await streams[0];
    const again = follow(one);
    for (const client of [...clients, one]) client.abort();
    for (const view of await Promise.all([...streams, again])) expect(view).toMatchObject({ jobId });
  });
});
