import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { redact, redactVendorText, withoutQuotes } from "./redact.js";

describe("a text that is kept", () => {
  it.each([
    ["a query", "GET https://cdn.example.com/a.mp4?X-Signature=canary&b=1 failed"],
    ["a fragment", "see https://example.com/callback#token=canary"],
    ["an escaped address", String.raw`{"url":"https:\/\/cdn.example.com\/a.mp4?sig=canary"}`],
    ["an address in percent escapes", "next=https%3A%2F%2Fcdn.example.com%2Fa.mp4%3Fsig%3Dcanary"],
    ["an address without a scheme", "cdn.example.com/a.mp4?Signature=canary"],
    ["the user of an address", "https://ada:canary@example.com/a"],
    ["a bearer token", "Authorization: Bearer canary.canary-canary"],
    ["a named key", '{"api_key":"canary"} x-api-key: canary, token=canary; password = canary'],
  ])("loses what opens something: %s", (_, text) => {
    expect(redact(text, 500)).not.toContain("canary");
  });

  it("keeps where an address leads, and ordinary words", () => {
    expect(redact("GET https://cdn.example.com/a.mp4?X-Signature=1 failed", 500)).toBe(
      "GET https://cdn.example.com/a.mp4?… failed",
    );
    const words = "the bearer of this is fine? yes #1: ratio 1:1, job 0123456789abcdef01234567, ada@example";
    expect(redact(words, 500)).toBe(words);
  });

  it("is cut before it is searched, at a word, so that no half of a secret is left", () => {
    const secrets = [
      "https://ada:canary@example.com/a",
      "https://example.com/a?sig=canary",
      "bearer canary-canary",
      "password=canary",
    ];
    for (const secret of secrets) {
      for (let before = 1; before < 60; before += 1) {
        const kept = redact(`${"-".repeat(before)} ${secret}`, 60);
        expect(kept.length).toBeLessThanOrEqual(61);
        expect(kept).not.toMatch(/can/);
      }
    }
    expect(redact("x".repeat(501), 500)).toBe(`${"x".repeat(500)}…`);
    expect(redact("one two three", 9)).toBe("one two…");
  });

  it("is whole Unicode, also where a character was cut in half", () => {
    expect(redact("ab😀", 3)).toBe("ab\ufffd…");
  });

  /** Texts that make a careless expression look at every character again and again. */
  const hostile: readonly (readonly [string, string])[] = [
    ["letters", "a"],
    ["dotted letters", "a."],
    ["schemes", "a://"],
    ["users", "a@"],
    ["addresses with users", "http://a@"],
    ["queries", "?a="],
    ["bearers", "bearer "],
    ["spaces", " "],
    ["names of keys", "token "],
    ["quotes", '"'],
    ["escapes", "%3a%2f%2f"],
    ["halves of characters", "\ud800"],
  ];
  it.each(hostile)("costs no more than its length, whatever it is made of: %s", (_, part) => {
    const large = part.repeat(1_000_000 / part.length);
    const small = part.repeat(31_250 / part.length);
    const fastest = (run: () => void) => {
      const times = [0, 1, 2, 3].map(() => {
        const begun = performance.now();
        run();
        return performance.now() - begun;
      });
      return Math.min(...times);
    };
    const time = (text: string) => fastest(() => redactVendorText(text, text.length));
    // 32 times the text: a square would be a thousand times the work.
    expect(time(large)).toBeLessThan(200 * (time(small) + 1));
    expect(redactVendorText(large, 300).length).toBeLessThanOrEqual(301);
  });

  it("is never longer than was allowed, but for the signs of what was left out", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("a", " ", "://", "?", "@", "=", "bearer ", "token:", "x".repeat(9), "1")),
        fc.integer({ min: 1, max: 80 }),
        (parts, maxLength) => {
          const kept = redact(parts.join(""), maxLength);
          expect(kept.replaceAll(/\??…/g, "").length).toBeLessThanOrEqual(maxLength);
        },
      ),
    );
  });
});

describe("what a vendor says", () => {
  it("loses long tokens and the addresses of people, and keeps its words", () => {
    const token = "9f86d081884c7d659a2feaa0c55ad015";
    expect(redactVendorText(`key ${token} of ada.l@mail.example is bad`, 300)).toBe(
      "key … of …@mail.example is bad",
    );
    const sentence = "mismatchProviderSettingsProvider: promptImage[0].uri must be https";
    expect(redactVendorText(sentence, 300)).toBe(sentence);
  });
});

describe("a quotation", () => {
  it("is taken out of a text, whole or in part, and nothing else is", () => {
    const prompt = "A knight with a canary on the shoulder rides along the shore at dawn";
    expect(withoutQuotes(`Prompt "${prompt}" is refused`, prompt)).toBe('Prompt "…" is refused');
    expect(withoutQuotes(`refused: ${prompt.slice(0, 40)}`, prompt)).toBe("refused: …");
    expect(withoutQuotes("the prompt is too long", prompt)).toBe("the prompt is too long");
    expect(withoutQuotes("a cat is not allowed", "a cat")).toBe("… is not allowed");
  });
});
