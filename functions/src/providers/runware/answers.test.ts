import { describe, expect, it } from "@jest/globals";
import { UnreachableError } from "../../domain/errors.js";
import { codeOf } from "./failures.js";
import { readProbe, readStart, readStatus } from "./index.js";

const uuid = "0bf7ea30-1217-4b85-8524-4e0ca79e3f29";

function response(status: number, body: unknown, headers: Record<string, string> = {}) {
  return {
    status,
    headers,
    unansweredBefore: false,
    text: typeof body === "string" ? body : JSON.stringify(body),
  };
}

function errors(code: string, rest: object = { taskUUID: uuid, taskType: "videoInference" }) {
  return { errors: [{ code, message: "text", ...rest }] };
}

const submit = (status: number, body: unknown) => readStart(response(status, body), uuid, 0);
const poll = (status: number, body: unknown) => readStatus(response(status, body), uuid, 0);

describe("error words", () => {
  // The samples are those of the vendor's own SDK tests, read 2026-11-21.
  it.each([
    ["invalidPositivePrompt", "invalid_request"],
    ["missingPositivePrompt", "invalid_request"],
    ["duplicatePreloadModelAIR", "catalogue_outdated"],
    ["unsupportedParameter", "catalogue_outdated"],
    ["valueTooLarge", "catalogue_outdated"],
    ["arrayTooSmall", "catalogue_outdated"],
    ["maxLycorisModelsExceeded", "catalogue_outdated"],
    ["unknownParameter", "catalogue_outdated"],
    ["missingApiKey", "authentication"],
    ["authTimeout", "authentication"],
    ["tokenExpired", "authentication"],
    ["organizationDisabled", "authentication"],
    ["insufficientCredits", "vendor_quota"],
    ["quotaExceeded", "vendor_quota"],
    ["paymentRequired", "vendor_quota"],
    ["providerInsufficientCredits", "processing_failed"],
    ["thirdPartyInsufficientCredits", "processing_failed"],
    ["rateLimitExceeded", "rate_limited"],
    ["providerRateLimitExceeded", "rate_limited"],
    ["promptBlocked", "content_blocked"],
    ["nsfwContentDetected", "content_blocked"],
    ["timeoutProvider", "timeout"],
    ["providerGatewayTimeout", "timeout"],
    ["mediaExpired", "expired"],
    ["taskFailedOrNotFound", "expired"],
    ["taskCancelled", "expired"],
    ["modelNotFound", "catalogue_outdated"],
    ["internalServerError", "server_error"],
    ["noAvailableServer", "server_error"],
    ["providerAuthenticationFailed", "processing_failed"],
    ["inferenceError", "processing_failed"],
    ["downloadFailed", "processing_failed"],
    ["somethingNew", "unknown"],
  ])("%s means %s", (word, code) => {
    expect(codeOf({ code: word })).toBe(code);
  });
});

describe("the answer to a start", () => {
  it("is unclear when the vendor broke on the way, whatever it says", () => {
    for (const status of [408, 500, 504]) {
      expect(() => submit(status, errors("internalServerError"))).toThrow(UnreachableError);
    }
  });

  it("is unclear when an accepted request reports a fault of the vendor's own", () => {
    expect(() => submit(200, errors("internalServerError"))).toThrow(UnreachableError);
    expect(() => submit(200, errors("timeoutProvider"))).toThrow(UnreachableError);
  });

  it("is unclear when it names neither our task nor an error", () => {
    expect(() => submit(200, { data: [] })).toThrow(UnreachableError);
    expect(() => submit(200, {})).toThrow(UnreachableError);
    expect(() => submit(200, { data: [{ taskUUID: "another" }] })).toThrow(UnreachableError);
  });

  it("is a refusal when status 200 carries one", () => {
    expect(submit(200, errors("contentPolicyViolation"))).toMatchObject({
      status: "refused",
      failure: { code: "content_blocked" },
    });
    expect(
      submit(200, { data: [{ taskUUID: uuid, status: "error", error: { code: "promptBlocked" } }] }),
    ).toMatchObject({ status: "refused", failure: { code: "content_blocked" } });
  });

  it("is unclear when it refuses a copy and an earlier copy went unanswered", () => {
    for (const status of [200, 400, 503]) {
      const copy = { ...response(status, errors("invalidSeed")), unansweredBefore: true };
      expect(() => readStart(copy, uuid, 0)).toThrow(UnreachableError);
    }
    const conflict = { ...response(400, errors("conflictTaskUUID")), unansweredBefore: true };
    expect(readStart(conflict, uuid, 0)).toMatchObject({ status: "started" });
  });

  it("ignores errors of other tasks", () => {
    const body = { data: [{ taskUUID: uuid }], ...errors("inferenceError", { taskUUID: "another" }) };
    expect(submit(200, body)).toMatchObject({ status: "started" });
    const unnamed = { data: [{ taskUUID: uuid }], ...errors("inferenceError", {}) };
    expect(submit(200, unnamed)).toMatchObject({ status: "started" });
  });

  it.each([
    [400, "unknown"],
    [413, "invalid_request"],
    [401, "authentication"],
    [402, "vendor_quota"],
    [403, "authentication"],
    [429, "rate_limited"],
    [502, "server_error"],
    [503, "server_error"],
  ])("is read from status %i alone when a gateway answers in HTML", (status, code) => {
    expect(submit(status, "<html>")).toMatchObject({
      status: "refused",
      failure: { code, statusCode: status },
    });
  });

  it("keeps the vendor's text short and out of thrown messages", () => {
    const secret = "x".repeat(1_000);
    const result = submit(400, { errors: [{ code: "invalidSeed", message: secret, taskUUID: uuid }] });
    if (result.status !== "refused") throw new Error("accepted");
    expect(result.failure.detail).toHaveLength(300);
    expect(() => submit(500, secret)).toThrow("no verdict (status 500)");
  });
});

describe("the answer to a poll", () => {
  it.each([401, 403, 429, 500, 502, 503])("with status %i says nothing about the job", (status) => {
    expect(() => poll(status, errors("invalidApiKey", {}))).toThrow(UnreachableError);
    expect(() => poll(status, "<html>")).toThrow(UnreachableError);
  });

  it("hands on how long to wait when polling is throttled", () => {
    const throttled = response(429, errors("rateLimitExceeded", {}), { "retry-after": "3" });
    expect(() => readStatus(throttled, uuid, 0)).toThrow(expect.objectContaining({ retryAfterMs: 3_000 }));
  });

  it("is the task's verdict even when it comes with status 400 or 500", () => {
    for (const status of [200, 400, 500]) {
      expect(poll(status, errors("inferenceError"))).toMatchObject({
        status: "failed",
        failure: { code: "processing_failed" },
      });
    }
  });

  it("is not a verdict when the vendor could not answer the question", () => {
    expect(() => poll(500, errors("internalServerError"))).toThrow(UnreachableError);
    expect(() => poll(200, errors("invalidTaskUUID", { taskUUID: uuid, taskType: "getResponse" }))).toThrow(
      UnreachableError,
    );
  });

  it("is missing when the vendor says that it knows no such task, and not when a proxy's page does", () => {
    expect(poll(404, errors("taskNotFound"))).toEqual({ status: "missing" });
    expect(() => poll(404, "<html>Not Found</html>")).toThrow(UnreachableError);
    expect(poll(200, errors("taskNotFound"))).toEqual({ status: "missing" });
  });

  it("is pending for a status word that we do not know, and names it", () => {
    expect(poll(200, { data: [{ taskUUID: uuid, status: "warming" }] })).toEqual({
      status: "pending",
      unknownWord: "warming",
    });
  });

  it("does not trust a cost of 0, and reads past a cost that is no number", () => {
    const item = { taskUUID: uuid, status: "success", videoURL: "https://vm.runware.ai/x.mp4" };
    const done = { status: "succeeded", outputUrl: "https://vm.runware.ai/x.mp4" };
    expect(poll(200, { data: [{ ...item, cost: 0 }] })).toEqual(done);
    expect(poll(200, { data: [{ ...item, cost: "1.6" }] })).toEqual(done);
  });

  it("reports a success without a file as a failure that was billed", () => {
    expect(poll(200, { data: [{ taskUUID: uuid, status: "success", cost: 0.5 }] })).toMatchObject({
      status: "failed",
      failure: { code: "unknown" },
      costUsdMicros: 500_000,
    });
  });

  it("says what a failed task cost when the vendor tells it", () => {
    const item = { taskUUID: uuid, status: "error", cost: 0.2, error: { code: "inferenceError" } };
    expect(poll(200, { data: [item] })).toMatchObject({ status: "failed", costUsdMicros: 200_000 });
  });
});

describe("the answer to a probe", () => {
  it("is fine with a key that may generate but not read the account", () => {
    expect(readProbe(response(403, errors("insufficientPermissions", {})), 0)).toEqual({ status: "ok" });
  });

  it("leaves out a balance in another currency", () => {
    const body = { data: [{ balance: { amount: 5, currency: "EUR" } }] };
    expect(readProbe(response(200, body), 0)).toEqual({ status: "ok" });
  });

  it("throws when the vendor is down", () => {
    expect(() => readProbe(response(503, "<html>"), 0)).toThrow(UnreachableError);
  });
});
