import { createHmac } from "node:crypto";
import { toWebhookCall } from "../../simulation/kit/transport.js";
import type { WebhookCopy } from "../../simulation/vendors/shared/faults.js";
import type { SimulatedWebhook } from "../../simulation/vendors/shared/simulator.js";
import { registerWebhook } from "../../src/engine/admin/register-webhook.js";
import type { Deps } from "../../src/engine/deps.js";
import {
  receiveWebhook,
  type WebhookCall,
  type WebhookVerdict,
} from "../../src/engine/poll/receive-webhook.js";
import { createRefreshGate } from "../../src/engine/poll/refresh-job.js";
import type { World } from "./world.js";

export const end: SimulatedWebhook["body"] = '{"taskType":"videoInference","taskUUID":"0bf7ea30"}';

/** What the endpoint makes of a POST. */
export function callOf(world: World, webhook: SimulatedWebhook): WebhookCall {
  return toWebhookCall(webhook, world.now());
}

export function deliver(
  world: World,
  webhook: SimulatedWebhook,
  deps: Deps = world.deps,
  gate = createRefreshGate(),
): Promise<WebhookVerdict> {
  return receiveWebhook(deps, callOf(world, webhook), gate);
}

/** The callback of a job's attempt with a body of one's own. */
export function callback(world: World, jobId: string, provider: string, body = end, attempt = 1) {
  const url = world.deps.webhooks.callbackUrl({ provider, jobId, attempt }) ?? "";
  return { url, headers: { "content-type": "application/json" }, body };
}

/** Lets time go by in small steps and delivers what vendors send, each event's copies all at once. */
export async function runWithWebhooks(world: World, seconds: number): Promise<WebhookVerdict[]> {
  const verdicts: WebhookVerdict[] = [];
  const gate = createRefreshGate();
  let onTheWay: { readonly copy: WebhookCopy; readonly at: number }[] = [];
  for (let passed = 0; passed < seconds; passed += 2) {
    await world.run(2);
    const sent = world.takeWebhooks().map((copy) => ({ copy, at: world.now() + copy.delayMs }));
    const all = [...onTheWay, ...sent];
    onTheWay = all.filter(({ at }) => at > world.now());
    const arrived = all.filter(({ at }) => at <= world.now());
    verdicts.push(
      ...(await Promise.all(arrived.map(({ copy }) => deliver(world, copy.webhook, world.deps, gate)))),
    );
  }
  return verdicts;
}

/** Registers our endpoint at the vendor that signs, and keeps the secret as an administrator would. */
export async function registerEndpoint(world: World): Promise<string> {
  const registration = await registerWebhook(world.deps, "root", "heygen");
  if (registration.status === "refused") throw new Error(registration.failure.code);
  world.signingSecrets.set("heygen", [registration.signingSecret]);
  return registration.signingSecret;
}

/** A signed event of our making, valid in every respect unless `headers` say otherwise. */
export function signedEvent(
  world: World,
  secret: string,
  body: string,
  headers: Record<string, string | undefined> = {},
): WebhookCall {
  const signed = {
    "heygen-signature": createHmac("sha256", secret).update(body).digest("hex"),
    "heygen-timestamp": String(Math.floor(world.now() / 1_000)),
    ...headers,
  };
  const delivery = { rawBody: Buffer.from(body), headers: signed, receivedAt: world.now() };
  return { provider: "heygen", claim: null, delivery };
}

export function successEvent(key: string, more: Record<string, unknown> = {}): string {
  return JSON.stringify({
    event_id: "evt_01",
    event_type: "avatar_video.success",
    event_data: { video_id: "vid_1", callback_id: key, ...more },
  });
}
