import { createHmac, timingSafeEqual } from "node:crypto";
import type { WebhookSubject } from "../../domain/provider/webhook-subject.js";
import type { WebhookAccess } from "../../engine/ports/webhook-access.js";

export interface WebhookAccessOptions {
  /** Without a trailing slash. */
  readonly baseUrl: string;
  /** The first makes tokens, all of them check. Empty: no callback URL is handed out. */
  readonly secrets: readonly string[];
  readonly signingSecrets: ReadonlyMap<string, readonly string[]>;
  /** Vendors that cannot call the base URL: they would refuse a start that names it. */
  readonly outOfReach: ReadonlySet<string>;
}

/** Callback URLs with a token that only we can make: an HMAC of the generation. */
export function createWebhookAccess(options: WebhookAccessOptions): WebhookAccess {
  const { baseUrl, secrets, signingSecrets, outOfReach } = options;
  const [current] = secrets;
  const endpointUrl = (provider: string) => `${baseUrl}/webhook/${provider}`;
  return {
    endpointUrl,
    callbackUrl(subject) {
      const { provider, jobId, attempt } = subject;
      if (current === undefined || outOfReach.has(provider)) return null;
      return `${endpointUrl(provider)}?job=${jobId}&attempt=${attempt}&token=${tokenOf(current, subject)}`;
    },
    vouches(token, subject) {
      const given = Buffer.from(token);
      // Every secret is compared, so that the time does not tell which one nearly fitted.
      const matches = secrets.map((secret) => sameBytes(given, Buffer.from(tokenOf(secret, subject))));
      return matches.includes(true);
    },
    signingSecrets: (provider) => signingSecrets.get(provider) ?? [],
  };
}

function tokenOf(secret: string, { provider, jobId, attempt }: WebhookSubject): string {
  return createHmac("sha256", secret).update(`${provider}:${jobId}:${attempt}`).digest("base64url");
}

/** `timingSafeEqual` throws when the lengths differ, and the length of a token is no secret. */
function sameBytes(given: Buffer, expected: Buffer): boolean {
  return given.byteLength === expected.byteLength && timingSafeEqual(given, expected);
}
