import { beforeEach, describe, expect, it } from "@jest/globals";
import { withSteps } from "../../../simulation/kit/intercept-calls.js";
import {
  callback,
  deliver,
  registerEndpoint,
  signedEvent,
  successEvent,
} from "../../../test/engine/webhooks.js";
import { createWorld, type World } from "../../../test/engine/world.js";
import type { Deps } from "../deps.js";
import { receiveWebhook, type WebhookCall } from "./receive-webhook.js";
import { createRefreshGate } from "./refresh-job.js";

const presenter = { kind: "avatar", script: "Hello, I am Dana.", providers: { only: ["heygen"] } };

let world: World;
let secret: string;
let jobId: string;
/** Calls of anything outside this process. */
let steps: string[];
let watched: Deps;

/** A presenter's job at the vendor that signs, still running. */
beforeEach(async () => {
  world = createWorld();
  secret = await registerEndpoint(world);
  ({ id: jobId } = await world.submit(presenter));
  await world.runDue();
  world.advance(20);
  steps = [];
  watched = withSteps(world.deps, (name) => {
    if (name.startsWith("before")) steps.push(name.slice("before ".length));
  });
});

const receive = (call: WebhookCall, deps = watched) => receiveWebhook(deps, call, createRefreshGate());
const key = () => `${jobId}:a1`;
const event = () => successEvent(key());
const lines = (name: string) => world.log.lines.filter((line) => line.event === name);

describe("a webhook from somebody unknown", () => {
  async function expectRefused(call: WebhookCall): Promise<void> {
    expect(await receive(call)).toBe("unverified");
    expect(steps).toEqual([]);
  }

  it("is refused without a signature, with a bad one, and with that of another secret", async () => {
    const signatures = [undefined, "0".repeat(64)];
    for (const signature of signatures) {
      await expectRefused(signedEvent(world, secret, event(), { "heygen-signature": signature }));
    }
    await expectRefused(signedEvent(world, "whsec_other", event()));
    expect(lines("webhook.refused")).toHaveLength(3);
    expect(lines("webhook.refused")[0]?.fields).toEqual({ provider: "heygen", reason: "unverified" });
  });

  it("is refused when the body was parsed and written again: the signature is over the bytes", async () => {
    const body = event().replace(",", ", ");
    const call = signedEvent(world, secret, body);
    const rewritten = Buffer.from(JSON.stringify(JSON.parse(body)));
    await expectRefused({ ...call, delivery: { ...call.delivery, rawBody: rewritten } });
    expect(await receive(call)).toBe("accepted");
  });

  it("is refused six minutes late, six minutes early, and without a time", async () => {
    const seconds = Math.floor(world.now() / 1_000);
    for (const time of [String(seconds - 360), String(seconds + 360), undefined, "", "soon"]) {
      await expectRefused(signedEvent(world, secret, event(), { "heygen-timestamp": time }));
    }
  });

  it("is refused quietly whatever stands in place of the signature", async () => {
    for (const odd of ["", "00", "é".repeat(64), "💥".repeat(32), "f".repeat(1024 * 1024)]) {
      await expectRefused(signedEvent(world, secret, event(), { "heygen-signature": odd }));
    }
  });

  it("is refused with a token of another job, attempt or provider", async () => {
    const { delivery } = signedEvent(world, "whsec_other", event());
    const token = new URL(callback(world, jobId, "heygen").url).searchParams.get("token") ?? "";
    const other = { jobId: "f".repeat(24), attempt: 1, token };
    await expectRefused({ provider: "heygen", claim: other, delivery });
    await expectRefused({ provider: "heygen", claim: { jobId, attempt: 2, token }, delivery });
    await expectRefused({ provider: "runware", claim: { jobId, attempt: 1, token }, delivery });
  });

  it("costs no operation of any store, a thousand times, and is counted each time", async () => {
    const call = signedEvent(world, "whsec_other", event());
    for (let count = 0; count < 1_000; count += 1) await receive(call);
    expect(steps).toEqual([]);
    expect(lines("webhook.refused")).toHaveLength(1_000);
  });

  it.each(["nobody", "__proto__", "constructor", "", "runway"])(
    "finds nobody at %j, and the name is not logged",
    async (provider) => {
      expect(await receive({ ...signedEvent(world, secret, event()), provider })).toBe("unknown_provider");
      expect(steps).toEqual([]);
      expect(lines("webhook.refused")[0]?.fields).toEqual({ provider: null, reason: "unknown_provider" });
    },
  );
});

describe("a webhook that is signed", () => {
  it("is accepted with the old secret and with the new one while they are exchanged", async () => {
    world.signingSecrets.set("heygen", ["whsec_new", secret]);
    for (const one of ["whsec_new", secret]) {
      expect(await receive(signedEvent(world, one, event()))).toBe("accepted");
    }
    world.signingSecrets.set("heygen", ["whsec_new"]);
    expect(await receive(signedEvent(world, secret, event()))).toBe("unverified");
  });

  it("leads to a read of the provider and to nothing else while that knows of no end", async () => {
    const before = await world.job(jobId);
    expect(await receive(signedEvent(world, secret, event()))).toBe("accepted");
    expect(steps).toContain("heygen.status");
    expect(steps).not.toContain("jobs.update");
    expect(await world.job(jobId)).toEqual(before);
  });

  it("has no effect the second time", async () => {
    world.advance(600);
    const call = signedEvent(world, secret, event());
    await receive(call);
    const after = structuredClone([await world.job(jobId), ...world.deliveries.records.values()]);
    steps = [];
    expect(await receive(call)).toBe("accepted");
    expect(steps).not.toContain("heygen.status");
    expect([await world.job(jobId), ...world.deliveries.records.values()]).toEqual(after);
    expect(lines("webhook.received").map(({ fields }) => fields.outcome)).toEqual(["followed", "duplicate"]);
  });

  it("comes in a thousand different copies at once and writes no document twice, the job's not once", async () => {
    const before = await world.job(jobId);
    const gate = createRefreshGate();
    const copies = Array.from({ length: 1_000 }, (_, index) =>
      signedEvent(world, secret, event().replace("evt_01", `evt_${index}`)),
    );
    const verdicts = await Promise.all(copies.map((copy) => receiveWebhook(watched, copy, gate)));
    expect(new Set(verdicts)).toEqual(new Set(["accepted"]));
    expect(steps.filter((step) => step === "heygen.status")).toHaveLength(1);
    expect(steps.filter((step) => /^jobs\.(?!get$)/.test(step))).toEqual([]);
    expect(world.deliveries.records.size).toBe(1_000);
    expect(await world.job(jobId)).toEqual(before);
  });

  it("is ignored when it speaks of an absent job, of another provider's, or of nothing of ours", async () => {
    const other = await world.submit({ providers: { only: ["runware"] } });
    await world.runDue();
    steps = [];
    const keys = ["f".repeat(24).concat(":a1"), `${jobId}:a7`, `${other.id}:a1`, "job_42:a1", ""];
    for (const named of keys) {
      expect(await receive(signedEvent(world, secret, successEvent(named)))).toBe("accepted");
    }
    expect(await receive(signedEvent(world, secret, '{"event_type":"batch.finished"}'))).toBe("accepted");
    expect(new Set(steps)).toEqual(new Set(["jobs.get"]));
    expect(world.deliveries.records.size).toBe(0);
    expect(lines("webhook.ignored")).toHaveLength(keys.length + 1);
  });

  it("is survived whatever its body is", async () => {
    const bodies = [
      "",
      "[".repeat(100_000),
      "[".repeat(100_000) + "]".repeat(100_000),
      `{"event_type":"avatar_video.success","event_data":${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}}`,
      '{"__proto__":{"polluted":true},"event_type":"avatar_video.success","constructor":{"prototype":{}}}',
      `{"event_type":"other","event_type":"avatar_video.success","event_data":{"callback_id":"x:a1"}}`,
    ];
    for (const body of bodies) expect(await receive(signedEvent(world, secret, body))).toBe("accepted");
    expect(steps).toEqual([]);
    expect({}).not.toHaveProperty("polluted");
  });
});

describe("what a webhook says", () => {
  it("is never believed: status and address come from the provider itself", async () => {
    const stolen = successEvent(key(), { url: "https://attacker.example.test/video.mp4" });
    await receive(signedEvent(world, secret, stolen));
    expect((await world.job(jobId)).status).toBe("generating");
    const asked: string[] = [];
    const { downloads } = world.deps;
    Object.assign(world.deps, {
      downloads: {
        open: (url: string, hosts: readonly string[]) => {
          asked.push(url);
          return downloads.open(url, hosts);
        },
      },
    });
    await world.run(900);
    expect((await world.job(jobId)).status).toBe("completed");
    expect(asked.join()).not.toContain("attacker");
    expect(JSON.stringify([...world.database.jobs.values()])).not.toContain("attacker");
  });

  it("is ignored at the callback of one job when it speaks of another", async () => {
    const body = successEvent(`${"f".repeat(24)}:a1`);
    expect(await deliver(world, callback(world, jobId, "heygen", body), watched)).toBe("accepted");
    expect(steps).toEqual([]);
  });

  it("cannot use up the delivery id of another generation", async () => {
    const other = await world.submit(presenter);
    await world.runDue();
    await deliver(world, callback(world, other.id, "heygen", successEvent(`${other.id}:a1`)));
    steps = [];
    await receive(signedEvent(world, secret, event()));
    expect(steps).toContain("heygen.status");
  });
});

describe("the log of deliveries", () => {
  it("holds one line per delivery, and neither token nor address nor signature", async () => {
    world.advance(600);
    await deliver(world, callback(world, jobId, "heygen", event()));
    expect([...world.deliveries.records.values()]).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f]{64}$/),
        provider: "heygen",
        deliveryId: "evt_01",
        jobId,
        attempt: 1,
        receivedAt: world.now(),
        outcome: "followed",
        expireAt: world.now() + 14 * 86_400_000,
      },
    ]);
    const token = new URL(callback(world, jobId, "heygen").url).searchParams.get("token") ?? "none";
    expect(JSON.stringify([world.log.lines, [...world.deliveries.records]])).not.toContain(token);
  });

  it("forgets a delivery that led to nothing because a store failed, so that its repetition counts", async () => {
    world.advance(700);
    const jobs = { ...world.deps.jobs, update: () => Promise.reject(new Error("unavailable")) };
    const call = signedEvent(world, secret, event());
    await expect(receive(call, { ...world.deps, jobs })).rejects.toThrow("unavailable");
    expect(world.deliveries.records.size).toBe(0);
    expect(await receive(call)).toBe("accepted");
    expect((await world.job(jobId)).status).toBe("storing");
  });
});
