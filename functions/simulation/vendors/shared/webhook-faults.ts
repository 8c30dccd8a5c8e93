import type { FaultSpec } from "./faults.js";
import type { SimulatedWebhook } from "./simulator.js";

/** One copy of a webhook on its way to us. */
export interface WebhookCopy {
  readonly webhook: SimulatedWebhook;
  readonly delayMs: number;
}

/** What arrives of one webhook: nothing, the same several times, much later, or a forgery before it. */
export function copiesOf(webhook: SimulatedWebhook, spec: FaultSpec | undefined): readonly WebhookCopy[] {
  const copy = { webhook, delayMs: 0 };
  switch (spec?.fault) {
    case "webhook-lost":
      return [];
    case "webhook-late":
      return [{ webhook, delayMs: Number(spec.value ?? 600) * 1_000 }];
    case "webhook-repeated":
      return Array.from({ length: Number(spec.value ?? 10) }, () => copy);
    case "webhook-forged":
      return [{ webhook: forge(webhook), delayMs: 0 }, copy];
    default:
      return [copy];
  }
}

/** The same event from somebody who knows the address and nothing else. */
function forge(webhook: SimulatedWebhook): SimulatedWebhook {
  const url = new URL(webhook.url);
  if (url.searchParams.has("token")) url.searchParams.set("token", "A".repeat(43));
  return { url: url.href, headers: { "content-type": "application/json" }, body: webhook.body };
}
