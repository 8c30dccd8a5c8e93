import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { avatarRequest, textRequest } from "../__fixtures__/requests.js";
import { defaultPolicy } from "../policy/policy.js";
import { creditsToCapture, creditsToHold } from "./credit-price.js";

const anyRequest = fc.oneof(
  fc
    .record({
      durationSeconds: fc.double({ min: 1, max: 60, noNaN: true }),
      quality: fc.constantFrom("draft", "standard", "premium"),
    })
    .map(textRequest),
  fc
    .string({ minLength: 1, maxLength: 900 })
    .map((tail) => avatarRequest({ script: `a${tail.replace(/\p{Cc}/gu, "")}` })),
);

describe("credits", () => {
  it.each([
    ["draft", 5],
    ["standard", 10],
    ["premium", 20],
  ])("are held by the second: %s of 5 s holds %i", (quality, credits) => {
    expect(creditsToHold(textRequest({ quality }), defaultPolicy)).toBe(credits);
  });

  it("are held for half as much again where a script decides the length", () => {
    expect(creditsToHold(avatarRequest({ script: "x".repeat(150) }), defaultPolicy)).toBe(30);
  });

  it("forgive the frame by which codecs round a clip up", () => {
    expect(creditsToCapture(textRequest(), 5.04, 10, defaultPolicy)).toBe(10);
  });

  it("are charged for the delivered length when that is shorter than asked", () => {
    expect(creditsToCapture(textRequest({ durationSeconds: 8 }), 5, 16, defaultPolicy)).toBe(10);
  });

  it("are charged for the asked length when more was delivered", () => {
    expect(creditsToCapture(textRequest(), 8, 10, defaultPolicy)).toBe(10);
  });

  it("are whole numbers, and never more than was held", () => {
    fc.assert(
      fc.property(anyRequest, fc.double({ min: 0, max: 120, noNaN: true }), (request, delivered) => {
        const held = creditsToHold(request, defaultPolicy);
        const charged = creditsToCapture(request, delivered, held, defaultPolicy);
        expect(Number.isInteger(held)).toBe(true);
        expect(Number.isInteger(charged)).toBe(true);
        expect(held).toBeGreaterThan(0);
        expect(charged).toBeGreaterThanOrEqual(0);
        expect(charged).toBeLessThanOrEqual(held);
      }),
    );
  });
});
