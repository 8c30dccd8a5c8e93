import { z } from "zod";
import { UnreachableError } from "../../domain/errors.js";
import { registerWebhook } from "../../engine/admin/register-webhook.js";
import { vendors } from "../../providers/index.js";
import { adminCallable } from "./callable.js";
import { preconditionError } from "./http-errors.js";

const input = z.strictObject({ provider: z.string().min(1).max(100) });

/**
 * Registers our endpoint at a provider that signs its webhooks. The answer is the only place where
 * the signing secret is ever shown.
 */
export const adminRegisterWebhook = adminCallable(input, async (deps, { caller, input: { provider } }) => {
  const registration = await registerWebhook(deps, caller.uid, provider).catch((error: unknown) => {
    if (!(error instanceof UnreachableError)) throw error;
    const message = "The provider did not answer. It may have the endpoint: look there before trying again.";
    throw preconditionError("PROVIDER_UNREACHABLE", message, true);
  });
  if (registration.status === "refused") {
    const { code, providerCode } = registration.failure;
    const words = providerCode === undefined ? code : `${code}, ${providerCode}`;
    throw preconditionError("PROVIDER_REFUSED", `The provider refused the endpoint (${words}).`, false);
  }
  const { endpointId, signingSecret, url } = registration;
  const secretName = vendors.find((vendor) => vendor.id === provider)?.webhookSecretName ?? null;
  return {
    provider,
    endpointId,
    url,
    signingSecret,
    secretName,
    next: `Keep the secret: firebase functions:secrets:set ${secretName} (after the old one and a comma, if there is one). Add ${secretName} to OPTIONAL_SECRETS in functions/.env and deploy.`,
  };
});
