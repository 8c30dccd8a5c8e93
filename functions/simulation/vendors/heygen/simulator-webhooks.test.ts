import { describe, expect, it } from "@jest/globals";
import type { WebhookDelivery } from "../../../src/domain/provider/provider.js";
import { webhook } from "../../../src/providers/heygen/webhook.js";
import { body, machine, read } from "../../../test/providers/heygen-machine.js";
import type { SimulatedWebhook } from "../shared/simulator.js";

describe("the webhooks of the simulated HeyGen", () => {
  const url = "https://fn.example.test/hooks/heygen";
  const callback = { callback_url: `${url}?t=8f2c`, callback_id: "job_42:a1" };

  function received(sent: SimulatedWebhook, at: number): WebhookDelivery {
    return { rawBody: Buffer.from(sent.body), headers: sent.headers, receivedAt: at };
  }

  it("come once, when a video has ended, and without a signature to its own URL", () => {
    const at = machine({ type: "moderated" });
    at.start({ ...body, ...callback });
    expect(at.simulator.takeWebhooks()).toEqual([]);
    at.advance(7_200_000);
    const sent = at.simulator.takeWebhooks();
    expect(sent).toHaveLength(1);
    expect(at.simulator.takeWebhooks()).toEqual([]);
    expect(sent[0]?.url).toBe(callback.callback_url);
    expect(sent[0]?.headers).not.toHaveProperty("heygen-signature");
    expect(sent.map((one) => JSON.parse(one.body))).toMatchObject([
      { event_type: "avatar_video.fail", event_data: { msg: "content_policy_violation" } },
    ]);
    expect(sent.flatMap((one) => webhook.read(received(one, at.now())))).toMatchObject([
      { idempotencyKey: "job_42:a1" },
    ]);
  });

  it("are signed with the secret that the registration gave (H19)", () => {
    const at = machine();
    const events = ["avatar_video.success", "avatar_video.fail"];
    const registered = read(at.send("POST", "/v3/webhooks/endpoints", { url, events })).data;
    expect(registered).toMatchObject({ url, events, status: "enabled", created_at: "2026-11-21T04:00:00Z" });
    at.start({ ...body, callback_id: "job_42:a1" });
    at.advance(7_200_000);
    const [sent] = at.simulator.takeWebhooks();
    if (sent === undefined) throw new Error("nothing was sent");
    expect(webhook.verify?.(received(sent, at.now()), [registered.secret])).toBe(true);
    expect(webhook.verify?.(received(sent, at.now()), ["whsec_other"])).toBe(false);
    expect(webhook.read(received(sent, at.now()))).toEqual([
      { deliveryId: sent.headers["heygen-event-id"], idempotencyKey: "job_42:a1" },
    ]);
  });

  it("go to no endpoint that is plain HTTP (H20), deleted, or asked for other events", () => {
    const at = machine();
    expect(at.send("POST", "/v3/webhooks/endpoints", { url: "http://plain.example.test" })).toMatchObject({
      status: 400,
      body: {
        error: { code: "invalid_parameter", message: "url must be a public https URL", param: "url" },
      },
    });
    const endpoint = read(at.send("POST", "/v3/webhooks/endpoints", { url })).data;
    at.send("POST", "/v3/webhooks/endpoints", { url, events: ["avatar_video.fail"] });
    expect(read(at.send("GET", "/v3/webhooks/endpoints")).data).toHaveLength(2);
    expect(JSON.stringify(read(at.send("GET", "/v3/webhooks/endpoints")))).not.toContain("whsec_");
    expect(at.send("DELETE", `/v3/webhooks/endpoints/${endpoint.endpoint_id}`).status).toBe(200);
    at.start();
    at.advance(7_200_000);
    expect(at.simulator.takeWebhooks()).toEqual([]);
  });
});
