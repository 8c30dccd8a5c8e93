import { createHmac, timingSafeEqual } from "node:crypto";
import { sha256 } from "../../domain/hash.js";
import type { WebhookDelivery, WebhookReader } from "../../domain/provider/provider.js";
import { parseJson } from "../shared/answer.js";
import { webhookEvent } from "./wire-types.js";

/** The vendor's documentation says to refuse what is older or newer than this. */
const maxAgeMs = 5 * 60_000;

/** Other events (captions, GIFs, translations) arrive too, even when nobody subscribed to them. */
export const endEvents = new Set(["avatar_video.success", "avatar_video.fail"]);

/**
 * Deliveries to a registered endpoint are signed. Those to the `callback_url` of a request are not;
 * for them the secret token in the URL is the proof.
 */
export const webhook: WebhookReader = {
  verify(delivery, signingSecrets) {
    const signature = delivery.headers["heygen-signature"] ?? "";
    if (!/^[0-9a-f]{64}$/i.test(signature) || !isRecent(delivery)) return false;
    const given = Buffer.from(signature, "hex");
    const matches = signingSecrets
      .flatMap(keysOf)
      .map((key) => timingSafeEqual(createHmac("sha256", key).update(delivery.rawBody).digest(), given));
    return matches.includes(true);
  },

  read(delivery) {
    const text = delivery.rawBody.toString("utf8");
    const parsed = webhookEvent.safeParse(parseJson(text));
    if (!parsed.success || !endEvents.has(parsed.data.event_type)) return [];
    const { event_id: eventId, event_data: data } = parsed.data;
    return [
      {
        deliveryId: deliveryIdOf(eventId, delivery, text),
        idempotencyKey: data?.callback_id || null,
      },
    ];
  },
};

/**
 * Whether the `whsec_` prefix belongs to the key is not documented (2026-11-21), so both are
 * tried. An empty secret would make every delivery valid.
 */
function keysOf(secret: string): readonly string[] {
  return [secret, secret.replace(/^whsec_/, "")].filter((key) => key !== "");
}

function isRecent(delivery: WebhookDelivery): boolean {
  const timestamp = delivery.headers["heygen-timestamp"] ?? "";
  if (!/^\d{1,12}$/.test(timestamp)) return false;
  return Math.abs(delivery.receivedAt - Number(timestamp) * 1_000) <= maxAgeMs;
}

/** The id in the body comes first: the signature covers the body, not the headers. */
function deliveryIdOf(eventId: string | null | undefined, delivery: WebhookDelivery, text: string): string {
  const named = eventId || delivery.headers["heygen-event-id"] || "";
  return /^[A-Za-z0-9_.:-]{1,128}$/.test(named) ? named : sha256(text);
}
