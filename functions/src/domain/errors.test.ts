import { describe, expect, it } from "@jest/globals";
import { type ErrorCode, errorPolicies, errorPolicy, faults, toPublicError } from "./errors.js";

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

  it("tells a client code, fault, hope and message, and nothing else", () => {
    expect(toPublicError("content_blocked")).toEqual({
      code: "content_blocked",
      fault: "moderation",
      retryable: false,
      message: "The content was refused by moderation.",
    });
  });
});
