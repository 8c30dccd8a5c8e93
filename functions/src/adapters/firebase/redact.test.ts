import { describe, expect, it } from "@jest/globals";
import { redact } from "./redact.js";

describe("a text for the log", () => {
  it("keeps where a URL leads and loses what opens it", () => {
    expect(redact("GET https://cdn.example.com/a.mp4?X-Signature=abc&b=1 failed")).toBe(
      "GET https://cdn.example.com/a.mp4?… failed",
    );
    expect(redact("https://example.com/callback#token=abc")).toBe("https://example.com/callback?…");
    expect(redact("https://ada:secret@example.com/a")).toBe("https://…@example.com/a");
  });

  it("loses bearer tokens and keeps ordinary words", () => {
    expect(redact("Authorization: Bearer eyJhbGciOi.J9-_x=")).toBe("Authorization: Bearer …");
    expect(redact("the bearer of this is fine? yes #1")).toBe("the bearer of this is fine? yes #1");
  });

  it("cuts what is longer than a line should be", () => {
    expect(redact("x".repeat(501))).toBe(`${"x".repeat(500)}…`);
    expect(redact("x".repeat(500))).toBe("x".repeat(500));
  });
});
