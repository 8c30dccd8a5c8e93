import { createHmac, timingSafeEqual } from "node:crypto";
import { idPattern } from "../hash.js";

/** The generation that a webhook speaks of. */
export interface WebhookSubject {
  readonly provider: string;
  readonly jobId: string;
  readonly attempt: number;
}

/** Who may tell us something, and where. Tokens are derived, so checking one reads no document. */
export interface WebhookAccess {
  /** Where the vendor may report the end of one generation; `null` when it cannot or may not. */
  callbackUrl(subject: WebhookSubject): string | null;
  /** Where a vendor sends what it signs. */
  endpointUrl(provider: string): string;
  /** Is this the token of our own URL for this generation? */
  vouches(token: string, subject: WebhookSubject): boolean;
  /** What the vendor signs with; two while one replaces the other. */
  signingSecrets(provider: string): readonly string[];
}

export interface WebhookAccessOptions {
  /** Without a trailing slash. */
  readonly baseUrl: string;
  /** The first makes tokens, all of them check. Empty: no callback URL is handed out. */
  readonly secrets: readonly string[];
  readonly signingSecrets: ReadonlyMap<string, readonly string[]>;
  /** Vendors that cannot call the base URL: they would refuse a start that names it. */
  readonly outOfReach: ReadonlySet<string>;
}

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

/** Job and attempt behind an idempotency key that a vendor echoes; `null` for anything else. */
export function subjectOfKey(provider: string, key: string | null): WebhookSubject | null {
  const [, jobId = "", attempt] = /^([^:]+):a([1-9]\d{0,2})$/.exec(key ?? "") ?? [];
  if (!idPattern.test(jobId)) return null;
  return { provider, jobId, attempt: Number(attempt) };
}

function tokenOf(secret: string, { provider, jobId, attempt }: WebhookSubject): string {
  return createHmac("sha256", secret).update(`${provider}:${jobId}:${attempt}`).digest("base64url");
}

/** `timingSafeEqual` throws when the lengths differ, and the length of a token is no secret. */
function sameBytes(given: Buffer, expected: Buffer): boolean {
  return given.byteLength === expected.byteLength && timingSafeEqual(given, expected);
}
