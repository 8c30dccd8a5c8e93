import { RequestError } from "../../domain/errors.js";
import type { WebhookRegistration } from "../../domain/provider/provider.js";
import type { Deps } from "../deps.js";
import { audit } from "./audit.js";

/**
 * Tells a vendor where to send what it signs. The secret that it answers with goes to whoever asked
 * and nowhere else. Each call makes another endpoint, so that a secret can be replaced: both are
 * valid until the older endpoint is removed at the vendor.
 */
export async function registerWebhook(
  deps: Deps,
  actor: string,
  id: string,
): Promise<WebhookRegistration & { readonly url: string }> {
  const provider = deps.providers.get(id);
  if (provider?.registerWebhook === undefined) {
    const able = [...deps.providers.values()].filter((other) => other.registerWebhook !== undefined);
    const names = able.map((other) => other.id).join(", ") || "none";
    throw new RequestError("invalid_argument", `provider: has no endpoint to register; these have: ${names}`);
  }
  const url = deps.webhooks.endpointUrl(id);
  const registration = await provider.registerWebhook(url);
  if (registration.status === "registered") {
    const { endpointId } = registration;
    await audit(deps, actor, "webhook.registered", id, { url, endpointId });
  } else {
    const { code, providerCode, statusCode } = registration.failure;
    deps.log.warn("webhook.not_registered", { provider: id, code, providerCode, statusCode });
  }
  return { ...registration, url };
}
