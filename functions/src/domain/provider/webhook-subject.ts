import { idPattern } from "../hash.js";

/** The generation that a webhook speaks of. */
export interface WebhookSubject {
  readonly provider: string;
  readonly jobId: string;
  readonly attempt: number;
}

/** Job and attempt behind an idempotency key that a vendor echoes; `null` for anything else. */
export function subjectOfKey(provider: string, key: string | null): WebhookSubject | null {
  const [, jobId = "", attempt] = /^([^:]+):a([1-9]\d{0,2})$/.exec(key ?? "") ?? [];
  if (!idPattern.test(jobId)) return null;
  return { provider, jobId, attempt: Number(attempt) };
}
