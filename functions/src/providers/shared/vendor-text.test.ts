import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { HttpClient } from "./http.js";
import { isVendorId, vendorCode, vendorDetail, withoutKey } from "./vendor-text.js";

describe("a vendor's code", () => {
  it.each([
    "SAFETY.INPUT.TEXT",
    "invalid_value:promptImage.0.uri",
    "mismatchProviderSettingsProvider",
    "400644",
  ])("is kept as it is: %s", (code) => expect(vendorCode(code)).toBe(code));

  it.each([
    "a sentence about something",
    "https://cdn.example.com/a?sig=1",
    "x".repeat(81),
    "9f86d081884c7d659a2feaa0c55ad015",
    "ada@mail.example",
    "line\nbreak",
    "../../etc",
  ])("is none, and that there was one is all that is kept: %j", (code) => {
    expect(vendorCode(code)).toBe("unreadable");
  });

  it("is absent where there is none", () => {
    for (const code of ["", null, undefined]) expect(vendorCode(code)).toBeUndefined();
  });
});

describe("a vendor's id", () => {
  it.each(["task-1", "b83cf07c-5d41-441c-8a62-48105ebbe852", "vid_1", "a".repeat(128)])(
    "is one: %s",
    (id) => {
      expect(isVendorId(id)).toBe(true);
    },
  );

  it.each([
    "",
    ".",
    "..",
    "../v1",
    "a/b",
    "a b",
    "a?b",
    "a#b",
    "%2e%2e",
    "a\0",
    "é",
    "a".repeat(129),
    7,
    null,
    {},
  ])("is none, as it would become part of an address: %j", (id) => expect(isVendorId(id)).toBe(false));
});

describe("a vendor's text", () => {
  it("is never longer than 300 characters, whatever it is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 2_000 }), (text) => {
        expect(vendorDetail(text)?.length ?? 0).toBeLessThanOrEqual(300);
      }),
    );
  });

  it("reaches nobody with our key in it, however it is spelled", async () => {
    const key = 'canary/key+with"signs';
    const text = JSON.stringify({ a: key, b: `x${encodeURIComponent(key)}x` });
    const http: HttpClient = {
      send: async () => ({ status: 200, headers: {}, text, unansweredBefore: false }),
    };
    const request = { method: "GET", url: "u", headers: {}, repeatable: true } as const;
    const answer = await withoutKey(http, key).send(request);
    expect(answer.text).not.toContain("canary");
    expect(JSON.parse(answer.text)).toEqual({ a: "…", b: "x…x" });
  });
});
