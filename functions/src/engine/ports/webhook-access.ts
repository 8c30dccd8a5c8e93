import type { WebhookSubject } from "../../domain/provider/webhook-subject.js";

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
