import { createHmac } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import type { WebhookDelivery } from "../../domain/provider/provider.js";
import { webhook } from "./webhook.js";

const secret = "whsec_test_3f9c1d";
const receivedAt = Date.parse("2026-11-21T04:00:30Z");

/** Byte-exact bodies and their signatures, computed independently of this code. */
const success = {
  body: '{"event_id":"evt_01","event_type":"avatar_video.success","event_data":{"video_id":"vid_9f2c","url":"https://files.example.test/vid_9f2c.mp4","gif_download_url":null,"video_share_page_url":null,"folder_id":null,"callback_id":"job_42:a1"},"created_at":"2026-11-21T04:00:00Z"}',
  signature: "81982bb7c505999ed7fc44e7a53eca030a139453dba5c6ec066f96c33fecf50d",
};
const failure = {
  body: '{"event_type":"avatar_video.fail","event_data":{"video_id":"vid_9f2d","msg":"voice_provider_error","callback_id":"job_43:a1"}}',
  signature: "53efb373386feec41d472bcff238fe5ad986387529a084149b771dd6f3ab250e",
};

function delivery(
  body: string | Buffer,
  headers: Record<string, string | undefined> = {},
  at = receivedAt,
): WebhookDelivery {
  return {
    rawBody: Buffer.from(body as string),
    headers: { "heygen-timestamp": "1795233600", ...headers },
    receivedAt: at,
  };
}

function verify(subject: WebhookDelivery, secrets: readonly string[] = [secret]): boolean {
  return webhook.verify?.(subject, secrets) ?? false;
}

describe("the signature of a HeyGen webhook", () => {
  it.each([
    [273, success],
    [126, failure],
  ])("holds for the vector of %i bytes", (bytes, { body, signature }) => {
    expect(Buffer.byteLength(body)).toBe(bytes);
    expect(verify(delivery(body, { "heygen-signature": signature }))).toBe(true);
    expect(verify(delivery(body, { "heygen-signature": signature.toUpperCase() }))).toBe(true);
  });

  it("holds for any of several secrets while one is replaced by another", () => {
    const subject = delivery(success.body, { "heygen-signature": success.signature });
    expect(verify(subject, ["whsec_old", secret])).toBe(true);
    expect(verify(subject, ["whsec_old"])).toBe(false);
  });

  it("holds whether or not the prefix belongs to the key", () => {
    const signature = createHmac("sha256", "test_3f9c1d").update(success.body).digest("hex");
    expect(verify(delivery(success.body, { "heygen-signature": signature }))).toBe(true);
  });

  it("fails when one byte of the body differs", () => {
    const body = success.body.replace("job_42", "job_43");
    expect(verify(delivery(body, { "heygen-signature": success.signature }))).toBe(false);
  });

  it("fails for a delivery older or newer than five minutes", () => {
    const headers = { "heygen-signature": success.signature };
    const sentAt = Date.parse("2026-11-21T04:00:00Z");
    expect(verify(delivery(success.body, headers, sentAt + 300_000))).toBe(true);
    expect(verify(delivery(success.body, headers, sentAt + 300_001))).toBe(false);
    expect(verify(delivery(success.body, headers, sentAt - 300_001))).toBe(false);
  });

  it("fails without a secret, and an empty secret is none", () => {
    const signature = createHmac("sha256", "").update(success.body).digest("hex");
    for (const secrets of [[], [""], ["whsec_"]]) {
      expect(verify(delivery(success.body, { "heygen-signature": signature }), secrets)).toBe(false);
    }
  });

  it.each([
    undefined,
    "",
    "zz",
    "é".repeat(64),
    "0".repeat(63),
    "0".repeat(65),
    `${success.signature}\n`,
    `sha256=${success.signature}`,
    "💥",
  ])("fails quietly for the odd signature %j", (signature) => {
    expect(verify(delivery(success.body, { "heygen-signature": signature }))).toBe(false);
  });

  it.each([undefined, "", "now", "NaN", "1e10", "-1795233600", "9".repeat(400)])(
    "fails quietly for the odd timestamp %j",
    (timestamp) => {
      const headers = { "heygen-signature": success.signature, "heygen-timestamp": timestamp };
      expect(verify(delivery(success.body, headers))).toBe(false);
    },
  );
});

describe("what a HeyGen webhook says", () => {
  it("is the key of the job and the vendor's event id", () => {
    expect(webhook.read(delivery(success.body))).toEqual([
      { deliveryId: "evt_01", idempotencyKey: "job_42:a1" },
    ]);
  });

  it("falls back to the header and then to a hash for the delivery id", () => {
    expect(webhook.read(delivery(failure.body, { "heygen-event-id": "evt_09" }))).toEqual([
      { deliveryId: "evt_09", idempotencyKey: "job_43:a1" },
    ]);
    const [hint] = webhook.read(delivery(failure.body, { "heygen-event-id": "../secrets" }));
    expect(hint?.deliveryId).toMatch(/^[0-9a-f]{64}$/);
    expect(webhook.read(delivery(failure.body))).toEqual([hint]);
  });

  it("has no key when the video was not made by us", () => {
    const body = '{"event_type":"avatar_video.success","event_data":{"video_id":"v"}}';
    expect(webhook.read(delivery(body))).toMatchObject([{ idempotencyKey: null }]);
  });

  it.each([
    '{"event_type":"avatar_video_caption.success","event_data":{"callback_id":"job_1:a1"}}',
    '{"event_type":"batch.finished","event_data":{}}',
    '{"event_type":7}',
    "[]",
    "null",
    "",
    "{",
    Buffer.from([0xff, 0xfe, 0x00]),
  ])("is nothing for %j", (body) => {
    expect(webhook.read(delivery(body))).toEqual([]);
  });
});
