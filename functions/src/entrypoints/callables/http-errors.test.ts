import { describe, expect, it } from "@jest/globals";
import { HttpsError } from "firebase-functions/https";
import { memoryLogger } from "../../../simulation/memory/memory-ports.js";
import { type ErrorCode, errorPolicies, RequestError } from "../../domain/errors.js";
import { toHttpsError } from "./http-errors.js";

const mapping: [ErrorCode, string][] = [
  ["invalid_argument", "invalid-argument"],
  ["insufficient_credits", "failed-precondition"],
  ["no_candidate", "unavailable"],
  ["not_found", "not-found"],
  ["already_exists", "already-exists"],
  ["rate_exceeded", "resource-exhausted"],
  ["content_blocked", "failed-precondition"],
  ["ambiguous_start", "failed-precondition"],
  ["authentication", "internal"],
  ["vendor_quota", "internal"],
  ["deadline_exceeded", "deadline-exceeded"],
];

describe("the answer for a refused call", () => {
  it.each(mapping)("%s is answered with %s", (code, expected) => {
    expect(toHttpsError(new RequestError(code, "why"), memoryLogger()).code).toBe(expected);
  });

  it("tells programs the reason, whose fault it is and whether to try again", () => {
    const error = new RequestError("rate_exceeded", "Too many.", { retryAt: 5 });
    expect(toHttpsError(error, memoryLogger())).toMatchObject({
      message: "Too many.",
      details: { reason: "RATE_EXCEEDED", fault: "user", retryable: true, retryAt: 5 },
    });
  });

  it("is bounded, whatever a refusal was built of", () => {
    const wide = Object.fromEntries([...Array(5_000).keys()].map((key) => [`f${key}`, ["x".repeat(9_000)]]));
    const error = new RequestError("invalid_argument", "x".repeat(1_000_000), {
      fields: [...Array(5_000)].map(() => ({ path: "a".repeat(9_000), problem: wide })),
      wide,
    });
    const { message, details } = toHttpsError(error, memoryLogger());
    expect(message.length).toBeLessThan(5_000);
    expect(JSON.stringify(details).length).toBeLessThan(300_000);
    expect(details).toMatchObject({ reason: "INVALID_ARGUMENT", retryable: false });
  });

  it("lets no detail of a request overwrite the reason", () => {
    const error = new RequestError("not_found", "None.", { reason: "mine", retryable: true });
    expect(toHttpsError(error, memoryLogger()).details).toMatchObject({
      reason: "NOT_FOUND",
      retryable: false,
    });
  });

  it("knows a word for every code of ours", () => {
    for (const code of Object.keys(errorPolicies) as ErrorCode[]) {
      expect(
        toHttpsError(new RequestError(code, "why"), memoryLogger()).httpErrorCode.status,
      ).toBeGreaterThan(0);
    }
  });

  it("passes on what was meant for the client already", () => {
    const error = new HttpsError("permission-denied", "No.");
    expect(toHttpsError(error, memoryLogger())).toBe(error);
  });

  it.each([new Error("key sk-1 at /srv"), "a thrown text", undefined])(
    "keeps %p from the client and writes one line about it",
    (thrown) => {
      const log = memoryLogger();
      const { code, message, details } = toHttpsError(thrown, log);
      expect({ code, message }).toEqual({ code: "internal", message: "Something went wrong on our side." });
      expect(JSON.stringify(details)).not.toContain("sk-1");
      expect(log.lines).toHaveLength(1);
    },
  );
});
