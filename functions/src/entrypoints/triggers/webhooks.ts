import { idPattern } from "../../domain/hash.js";
import "../config/parameters.js";
import { onRequest, type Request } from "firebase-functions/https";
import { z } from "zod";
import { firebaseLogger } from "../../adapters/firebase/logger.js";
import { reasonOf } from "../../domain/errors.js";
import { receiveWebhook, type WebhookCall, type WebhookVerdict } from "../../engine/poll/receive-webhook.js";
import { createRefreshGate } from "../../engine/poll/refresh-job.js";
import { runtime } from "../config/runtime.js";

/** A vendor's event is a few kilobytes. */
const maxBodyBytes = 1024 * 1024;
const statuses: Readonly<Record<WebhookVerdict, number>> = {
  accepted: 200,
  unverified: 401,
  unknown_provider: 404,
};
/** For what goes wrong before there is a runtime. */
const platformLog = firebaseLogger();
const refreshGate = createRefreshGate();

const claimSchema = z.object({
  job: z.string().regex(idPattern),
  attempt: z
    .string()
    .regex(/^[1-9]\d{0,2}$/)
    .transform(Number),
  token: z.string(),
});

/**
 * Where vendors report: `/webhook/<provider>`. Open to everybody by its nature, so a few instances
 * must do, and who cannot prove anything costs no more than a signature.
 */
export const webhook = onRequest(
  // As long as a poll: the vendor may have hung up by then, and what was found out counts all the same.
  { invoker: "public", timeoutSeconds: 240 },
  async (request, response) => {
    if (request.method !== "POST") {
      // Some vendors ask with OPTIONS whether there is anybody.
      response
        .set("allow", "POST, OPTIONS")
        .status(request.method === "OPTIONS" ? 204 : 405)
        .end();
      return;
    }
    if (bodyOf(request).byteLength > maxBodyBytes) {
      response.status(413).end();
      return;
    }
    let log = platformLog;
    try {
      const { deps } = await runtime();
      log = deps.log;
      const verdict = await receiveWebhook(deps, toCall(request, deps.now()), refreshGate);
      response.status(statuses[verdict]).end();
    } catch (error) {
      log.error("webhook.failed", { reason: reasonOf(error) });
      response.status(500).end();
    }
  },
);

function toCall(request: Request, receivedAt: number): WebhookCall {
  // Not `request.query`: its parser makes objects of names with brackets.
  const [path = "", ...query] = request.url.split("?");
  const [provider = ""] = path.split("/").filter(Boolean).slice(-1);
  const claim = claimSchema.safeParse(Object.fromEntries(new URLSearchParams(query.join("?"))));
  const headers = Object.entries(request.headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(", ") : value,
  ]);
  return {
    provider,
    claim: claim.success
      ? { jobId: claim.data.job, attempt: claim.data.attempt, token: claim.data.token }
      : null,
    delivery: { rawBody: bodyOf(request), headers: Object.fromEntries(headers), receivedAt },
  };
}

/** There is none where the content type is one that the platform does not read. */
function bodyOf({ rawBody }: { rawBody?: Buffer }): Buffer {
  return rawBody ?? Buffer.alloc(0);
}
