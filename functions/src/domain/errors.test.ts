import { describe, expect, it } from "@jest/globals";
import {
  type ErrorCode,
  errorPolicies,
  errorPolicy,
  faults,
  isAboutRequest,
  toPublicError,
} from "./errors.js";

const codes = Object.keys(errorPolicies) as ErrorCode[];

describe("the table of errors", () => {
  it.each(codes)("%s has a known fault and a message that is safe to show", (code) => {
    const { fault, message } = errorPolicy(code);
    expect(faults).toContain(fault);
    expect(message).toMatch(/^[A-Z].*\.$/);
    expect(message).not.toMatch(/[{}<>_/]|https?:/);
  });

  it("never lets a user's fault or moderation wander to another provider", () => {
    const wandering = codes
      .filter((code) => errorPolicy(code).tryNext)
      .map((code) => errorPolicy(code).fault);
    expect(new Set(wandering)).toEqual(new Set(["provider", "system"]));
  });

  it("lets no vendor's opinion of one request speak against the whole vendor", () => {
    const wide = codes.filter((code) => errorPolicy(code).providerWide);
    expect(wide.filter((code) => isAboutRequest(code))).toEqual([]);
    expect(wide.filter((code) => errorPolicy(code).circuit === "ignore")).toEqual([]);
  });

  it("takes a refusal for one of every copy only where it is about the request", () => {
    expect(codes.filter((code) => errorPolicy(code).refusesEveryCopy).every(isAboutRequest)).toBe(true);
  });

  it("tells a client code, fault, hope and message, and nothing else", () => {
    expect(toPublicError("content_blocked")).toEqual({
      code: "content_blocked",
      fault: "moderation",
      retryable: false,
      message: "The content was refused by moderation.",
    });
  });
});
