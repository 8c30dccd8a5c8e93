import { describe, expect, it } from "@jest/globals";
import { cannedProvider } from "./__fixtures__/canned-provider.js";
import { vectorPlans } from "./__fixtures__/plans.js";
import { vectorOf, vectors } from "./__fixtures__/vectors.js";

const context = { idempotencyKey: "job_42:a1" };
const taskId = "17f20503-6c24-4c16-946b-35dbbce2af2f";

const starts = [
  ["R1", 600_000],
  ["R2", 900_000],
  ["R3", 500_000],
  ["R4", 800_000],
  ["R9", 80_000],
  ["R10", 20_000],
  ["R11", undefined],
] as const;

describe("the vectors of the vendor: starts", () => {
  it.each(starts)("%s: sends exactly this request and reads its cost as %p", async (id, estimate) => {
    const { req, res } = vectorOf(id);
    const { provider, sent } = cannedProvider(res);
    const result = await provider.start(vectorPlans[id], context);
    expect(sent).toEqual([
      {
        method: req.m,
        url: `https://api.example.test${req.p}`,
        headers: { authorization: "Bearer k", "x-runway-version": "2024-11-06" },
        body: req.b,
        repeatable: false,
      },
    ]);
    expect(result).toEqual({
      status: "started",
      operation: { taskId: (res.b as { id: string }).id },
      ...(estimate === undefined ? {} : { estimatedCostUsdMicros: estimate }),
    });
  });

  it("R1: carries the headers that the vector names", async () => {
    const { req, res } = vectorOf("R1");
    const { provider, sent } = cannedProvider(res);
    await provider.start(vectorPlans.R1, context);
    const named = Object.entries(req.h ?? {}).map(([name, value]) => [name.toLowerCase(), value]);
    expect(sent[0]?.headers).toEqual(Object.fromEntries(named));
  });

  it.each([
    [
      "R5",
      {
        code: "catalogue_outdated",
        statusCode: 400,
        detail: "Validation of body failed; ratio: Invalid ratio",
      },
    ],
    ["R6", { code: "vendor_quota", statusCode: 400 }],
    ["R7", { code: "rate_limited", statusCode: 429 }],
    ["R8", { code: "server_error", statusCode: 503 }],
  ] as const)("%s: is a refusal with %p", async (id, failure) => {
    const { provider } = cannedProvider(vectorOf(id).res);
    const result = await provider.start(vectorPlans.R3, context);
    expect(result).toMatchObject({ status: "refused", failure });
  });
});

describe("the vectors of the vendor: tasks", () => {
  it.each([
    ["R14", { status: "pending" }],
    ["R15", { status: "pending" }],
    ["R16", { status: "pending" }],
    [
      "R17",
      {
        status: "succeeded",
        outputUrl: "https://dnznrvs05pmza.cloudfront.net/17f2.mp4?_jwt=x",
        costUsdMicros: 600_000,
      },
    ],
    [
      "R18",
      {
        status: "failed",
        failure: {
          code: "content_blocked",
          providerCode: "SAFETY.INPUT.TEXT",
          detail: "Content was flagged",
        },
        costUsdMicros: 600_000,
      },
    ],
    [
      "R19",
      {
        status: "failed",
        failure: {
          code: "processing_failed",
          providerCode: "INTERNAL.BAD_OUTPUT.CODE01",
          detail: "An unexpected error occurred.",
        },
        costUsdMicros: 0,
      },
    ],
    ["R20", { status: "cancelled", costUsdMicros: 0 }],
    ["R22", { status: "missing" }],
  ] as const)("%s: is read as %p", async (id, expected) => {
    const { req, res } = vectorOf(id);
    const { provider, sent } = cannedProvider(res);
    expect(await provider.status({ taskId })).toEqual(expected);
    expect(sent).toMatchObject([
      { method: req.m, url: `https://api.example.test${req.p}`, repeatable: true },
    ]);
  });

  it("R21: confirms a cancellation", async () => {
    const { req, res } = vectorOf("R21");
    const { provider, sent } = cannedProvider(vectorOf("R16").res, res);
    expect(await provider.cancel?.({ taskId })).toEqual({ status: "confirmed" });
    expect(sent).toMatchObject([
      { method: "GET", url: `https://api.example.test${req.p}` },
      { method: req.m, url: `https://api.example.test${req.p}` },
    ]);
  });
});

describe("the vectors of the vendor: the account", () => {
  it("R23: reads the balance in money", async () => {
    const { provider } = cannedProvider(vectorOf("R23").res);
    expect(await provider.probe()).toEqual({ status: "ok", balanceUsdMicros: 18_400_000 });
  });

  it("R24: reads a wrong key as authentication", async () => {
    const { provider } = cannedProvider(vectorOf("R24").res);
    expect(await provider.probe()).toMatchObject({ status: "failed", failure: { code: "authentication" } });
  });
});

it("leaves out only the vectors of calls that are never made: own audio, and uploads", () => {
  const covered = [...starts.map(([id]) => id), ...numbered(5, 8), ...numbered(14, 24)];
  const left = vectors.map(({ id }) => id).filter((id) => !covered.some((name) => name === id));
  expect(left).toEqual(["R12", "R13"]);
});

function numbered(from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, index) => `R${from + index}`);
}
