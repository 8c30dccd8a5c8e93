import { z } from "zod";
import { UnreachableError } from "../../domain/errors.js";
import { checkHealthNow } from "../../engine/admin/check-now.js";
import {
  isolateProvider,
  listProviders,
  pauseStarts,
  switchProvider,
} from "../../engine/admin/manage-providers.js";
import { registerWebhook } from "../../engine/admin/register-webhook.js";
import { reportDrift } from "../../engine/admin/report-drift.js";
import { vendors } from "../../providers/index.js";
import { adminCallable, noInput } from "./callable.js";
import { preconditionError } from "./http-errors.js";

/** A provider or model id; unknown ones are refused with the list of those that are known. */
const target = z.string().min(1).max(100);

export const adminProviders = adminCallable({ input: noInput, run: (deps) => listProviders(deps) });

export const adminSetProvider = adminCallable({
  input: z.discriminatedUnion("action", [
    z.strictObject({ action: z.enum(["on", "off", "drain"]), target }),
    z.strictObject({ action: z.enum(["isolate", "release"]), target }),
  ]),
  run: async (deps, { uid }, { action, target }) => {
    if (action === "isolate" || action === "release") {
      await isolateProvider(deps, uid, target, action === "isolate");
    } else await switchProvider(deps, uid, target, action);
    return listProviders(deps);
  },
});

/** Holds back new paid starts; running work finishes. */
export const adminPause = adminCallable({
  /** `provider: null` is every provider; it must be said, so that nothing is stopped by leaving it out. */
  input: z.strictObject({ provider: target.nullable(), paused: z.boolean() }),
  run: (deps, { uid }, { provider, paused }) => pauseStarts(deps, uid, provider, paused),
});

/** Reads every provider's account now instead of with the next schedule. Never generates. */
export const adminRunHealthCheck = adminCallable({
  input: noInput,
  run: async (deps, { uid }) => ({ providers: await checkHealthNow(deps, uid) }),
});

/** Bills against the price table. Only reads. */
export const adminDrift = adminCallable({
  input: z.strictObject({ attempts: z.number().int().min(1).max(2_000).default(500) }),
  run: (deps, _caller, { attempts }) => reportDrift(deps, attempts),
});

/**
 * Registers our endpoint at a provider that signs its webhooks. The answer is the only place where
 * the signing secret is ever shown.
 */
export const adminRegisterWebhook = adminCallable({
  input: z.strictObject({ provider: target }),
  run: async (deps, { uid }, { provider }) => {
    const registration = await registerWebhook(deps, uid, provider).catch((error: unknown) => {
      if (!(error instanceof UnreachableError)) throw error;
      const message =
        "The provider did not answer. It may have the endpoint: look there before trying again.";
      throw preconditionError("PROVIDER_UNREACHABLE", message, true);
    });
    if (registration.status === "refused") {
      const { code, statusCode } = registration.failure;
      // Our words only. The vendor's own is in the log.
      const words = statusCode === undefined ? code : `${code}, status ${statusCode}`;
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
  },
});
