import { describe, expect, it } from "@jest/globals";
import { createWebhookAccess, type WebhookAccessOptions } from "./webhook-access.js";

const subject = { provider: "vendor", jobId: "0123456789abcdef01234567", attempt: 2 };

function access(options: Partial<WebhookAccessOptions> = {}) {
  return createWebhookAccess({
    baseUrl: "https://fn.example.test",
    secrets: ["first-secret"],
    signingSecrets: new Map(),
    outOfReach: new Set(),
    ...options,
  });
}

function tokenFrom(url: string | null): string {
  return new URL(url ?? "https://none.example.test").searchParams.get("token") ?? "";
}

describe("a callback URL", () => {
  it("names the generation and carries a token that nobody else can make", () => {
    // HMAC-SHA256 of "vendor:0123456789abcdef01234567:2", computed with openssl.
    expect(access().callbackUrl(subject)).toBe(
      "https://fn.example.test/webhook/vendor?job=0123456789abcdef01234567&attempt=2&token=3pFoCHyMTAmun37WPdKWh_UIwv4jkCcDVcbg40LAxKU",
    );
  });

  it("is the same whenever it is made, so that a repeated start has the same body", () => {
    expect(access().callbackUrl(subject)).toBe(access().callbackUrl(subject));
  });

  it("is not handed out without a secret, nor to a vendor that cannot call it", () => {
    expect(access({ secrets: [] }).callbackUrl(subject)).toBeNull();
    expect(access({ outOfReach: new Set(["vendor"]) }).callbackUrl(subject)).toBeNull();
  });
});

describe("the token of a callback URL", () => {
  const token = tokenFrom(access().callbackUrl(subject));

  it("vouches for its own generation and for no other", () => {
    const { vouches } = access();
    expect(vouches(token, subject)).toBe(true);
    for (const other of [{ provider: "other" }, { jobId: "f".repeat(24) }, { attempt: 1 }]) {
      expect(vouches(token, { ...subject, ...other })).toBe(false);
    }
  });

  it("vouches while its secret is replaced, and no longer when that is done", () => {
    expect(access({ secrets: ["second-secret", "first-secret"] }).vouches(token, subject)).toBe(true);
    expect(access({ secrets: ["second-secret"] }).vouches(token, subject)).toBe(false);
    expect(access({ secrets: [] }).vouches(token, subject)).toBe(false);
  });

  it("is made with the first of two secrets", () => {
    const url = access({ secrets: ["second-secret", "first-secret"] }).callbackUrl(subject);
    expect(access({ secrets: ["second-secret"] }).vouches(tokenFrom(url), subject)).toBe(true);
  });

  it.each(["", "A", "é".repeat(43), "A".repeat(43), "A".repeat(1_000_000), "💥"])(
    "is refused quietly when it is odd (%#)",
    (odd) => {
      expect(access().vouches(odd, subject)).toBe(false);
    },
  );
});
