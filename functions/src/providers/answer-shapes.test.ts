import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { UnreachableError } from "../domain/errors.js";
import type {
  GenerationPlan,
  Operation,
  OperationStatus,
  VideoProvider,
} from "../domain/provider/provider.js";
import { photoPlan } from "./heygen/__fixtures__/plans.js";
import { vendors } from "./index.js";
import { toTaskUuid } from "./runware/mapping.js";
import { vectorPlans } from "./runway/__fixtures__/plans.js";

/**
 * Real vendors drop fields, change their types, and put a thing one level deeper or higher. Whatever
 * they do, a client throws nothing but "could not find out", never ends a running job, and never
 * loses an id that is there.
 */
const key = "job_42:a1";
const uuid = toTaskUuid(key);
const runwarePlan: GenerationPlan = {
  ...vectorPlans.R1,
  model: "runware:google:3@3",
  durationSeconds: 4,
};
const file = "https://files.example.test/1.mp4";

interface Subject {
  readonly vendor: string;
  readonly plan: GenerationPlan;
  readonly operation: Operation;
  readonly created: object;
  readonly running: object;
  readonly succeeded: object;
  readonly blocked: object;
  /** What a body is refused with when a choice of ours is out of date. */
  readonly outdated: readonly object[];
}

const subjects: readonly Subject[] = [
  {
    vendor: "heygen",
    plan: photoPlan,
    operation: { videoId: "vid_1", model: photoPlan.model },
    created: { data: { video_id: "vid_1", status: "waiting", output_format: "mp4" } },
    running: { data: { id: "vid_1", title: "t", status: "processing", video_url: null, created_at: 1 } },
    succeeded: {
      data: { id: "vid_1", status: "completed", video_url: file, duration: 31.4, thumbnail_url: file },
    },
    blocked: { data: { id: "vid_1", status: "failed", failure_code: "content_policy_violation" } },
    outdated: [
      "avatar_not_found",
      "avatar_not_usable",
      "avatar_consent_required",
      "avatar_expired",
      "unlimited_mode_disabled",
      "voice_not_found",
      "voice_not_usable",
      "voice_unavailable",
    ]
      .map((code): object => ({ error: { code, message: "m" } }))
      .concat(
        ["resolution", "aspect_ratio", "engine.type", "voice_id", "avatar_id"].map((param) => ({
          error: { code: "invalid_parameter", message: "m", param },
        })),
      ),
  },
  {
    vendor: "runway",
    plan: vectorPlans.R1,
    operation: { taskId: "task-1" },
    created: { id: "task-1", estimatedCost: { credits: 60 } },
    running: { id: "task-1", createdAt: "2026-11-30T01:00:00.000Z", status: "RUNNING", progress: 0.4 },
    succeeded: { id: "task-1", createdAt: "x", status: "SUCCEEDED", output: [file], cost: { credits: 60 } },
    blocked: {
      id: "task-1",
      status: "FAILED",
      failure: "m",
      failureCode: "SAFETY.INPUT.TEXT",
      cost: { credits: 0 },
    },
    outdated: ["model", "ratio", "duration", "audio", "avatar.presetId", "speech.voice.presetId"]
      .map((path): object => ({
        error: "Validation of body failed",
        issues: [{ code: "invalid_value", path: path.split("."), message: "Invalid input" }],
      }))
      .concat([
        {
          error: "Validation of body failed",
          issues: [
            {
              code: "invalid_union",
              errors: [],
              note: "No matching discriminator",
              discriminator: "model",
              path: ["model"],
              message: "Invalid input",
            },
          ],
        },
        {
          error: "Validation of body failed",
          issues: [{ code: "unrecognized_keys", keys: ["negativePrompt"], path: [], message: "m" }],
        },
        { error: "Model gen9 is not available." },
      ]),
  },
  {
    vendor: "runware",
    plan: runwarePlan,
    operation: { taskUUID: uuid },
    created: { data: [{ taskType: "videoInference", taskUUID: uuid }] },
    running: { data: [{ taskType: "videoInference", taskUUID: uuid, status: "processing", progress: 37 }] },
    succeeded: {
      data: [{ taskType: "videoInference", taskUUID: uuid, status: "success", videoURL: file, cost: 0.4 }],
    },
    blocked: {
      data: [
        {
          taskType: "videoInference",
          taskUUID: uuid,
          status: "error",
          error: { code: "contentPolicyViolation", message: "m" },
        },
      ],
    },
    outdated: [
      { code: "unsupportedParameter", parameter: "width" },
      { code: "unsupportedParameter", parameter: "seed" },
      { code: "unsupportedDimensions", allowedValues: [{ width: 1280, height: 720 }] },
      { code: "unsupportedDimensions", allowedValues: { "16:9": "1280x720" } },
      { code: "unsupportedDuration", parameter: "duration", allowedValues: [4, 6] },
      { code: "invalidModel", parameter: "model" },
      { code: "modelNotFound" },
      { code: "invalidValue", parameter: "providerSettings.google.generateAudio" },
      { code: "invalidResolution" },
    ].map((error) => ({
      errors: [{ message: "m", taskType: "videoInference", taskUUID: uuid, ...error }],
    })),
  },
];

function client(
  subject: Subject,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): VideoProvider {
  const vendor = vendors.find(({ id }) => id === subject.vendor);
  if (vendor === undefined) throw new Error(subject.vendor);
  const defaults = Object.entries(vendor.settings).map(([name, { default: value }]) => [
    name,
    value || "set",
  ]);
  return vendor.create({
    apiKey: "k",
    baseUrl: "https://vendor.example.test",
    settings: Object.fromEntries(defaults),
    now: () => 0,
    http: {
      send: async () => ({
        status,
        headers,
        text: typeof body === "string" ? body : JSON.stringify(body),
        unansweredBefore: false,
      }),
    },
  });
}

const start = (subject: Subject, status: number, body: unknown) =>
  settled(client(subject, status, body).start(subject.plan, { idempotencyKey: key }));
const poll = (subject: Subject, status: number, body: unknown) =>
  settled(client(subject, status, body).status(subject.operation));

async function settled<Result>(call: Promise<Result>): Promise<Result | "unreachable"> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof UnreachableError) return "unreachable";
    throw error;
  }
}

/** Every way to an object inside a body, with the names of its fields. */
function fieldsIn(body: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof body !== "object" || body === null) return [];
  return Object.entries(body).flatMap(([name, value]) => [
    [...path, name],
    ...fieldsIn(value, [...path, name]),
  ]);
}

function changed(
  body: unknown,
  [name = "", ...rest]: readonly string[],
  change: (value: unknown) => unknown,
): unknown {
  if (Array.isArray(body)) {
    return body.flatMap((entry, index) => {
      if (String(index) !== name) return [entry];
      const next = rest.length === 0 ? change(entry) : changed(entry, rest, change);
      return next === undefined ? [] : [next];
    });
  }
  const fields = body as Record<string, unknown>;
  const value = rest.length === 0 ? change(fields[name]) : changed(fields[name], rest, change);
  const { [name]: _, ...others } = fields;
  return value === undefined ? others : { ...others, [name]: value };
}

/** Dropped, or of each other type. */
const retypings: readonly ((value: unknown) => unknown)[] = [
  () => undefined,
  () => null,
  () => 7,
  () => true,
  () => "text",
  () => [],
  () => ({}),
  (value) => [value],
  (value) => ({ reason: value, credits: "many" }),
  (value) => JSON.stringify(value),
];
/** One level deeper or higher, and in a list. */
const moves: readonly ((body: unknown) => unknown)[] = [
  (body) => body,
  (body) => ({ ...(body as object), requestId: 7, meta: { region: null } }),
  (body) => {
    const { data } = body as { data?: unknown };
    return data === undefined ? { data: body } : Array.isArray(data) ? { data: data[0] } : data;
  },
  (body) => {
    const { data } = body as { data?: unknown };
    return data === undefined ? { data: [body] } : { data: [data].flat() };
  },
];

describe.each(subjects.map((subject) => [subject.vendor, subject] as const))(
  "the answers of %s",
  (_, subject) => {
    const informational = (body: object, deciding: RegExp) =>
      fieldsIn(body).filter(
        (path) => !deciding.test(path.at(-1) ?? "") && !/^(?:data|\d+)$/.test(path.at(-1) ?? ""),
      );

    it("never end a running job, whatever is dropped, retyped or moved in them", async () => {
      const path = fc.constantFrom(...fieldsIn(subject.running));
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom(...moves),
          fc.array(fc.tuple(path, fc.constantFrom(...retypings)), { maxLength: 3 }),
          fc.constantFrom(200, 201, 400, 401, 404, 409, 429, 500, 502, 503),
          async (move, changes, status) => {
            let body: unknown = subject.running;
            for (const [where, retype] of changes) {
              try {
                body = changed(body, where, retype);
              } catch {
                // The field went with another one.
              }
            }
            const found = await poll(subject, status, move(body));
            const word = found === "unreachable" ? found : found.status;
            expect(["pending", "unreachable"]).toContain(word);
          },
        ),
        { numRuns: 400 },
      );
    });

    it("keep the id of a start, whatever else is odd in them, wherever it stands", async () => {
      for (const path of [[], ...informational(subject.created, /id$/i)]) {
        for (const retype of path.length === 0 ? [(value: unknown) => value] : retypings) {
          const body = path.length === 0 ? subject.created : changed(subject.created, path, retype);
          for (const move of moves) {
            expect(await start(subject, 200, move(body))).toMatchObject({
              status: "started",
              operation: subject.operation,
            });
          }
        }
      }
    });

    it("take no garbage for an id: then nobody knows which task was begun", async () => {
      for (const path of fieldsIn(subject.created).filter((where) => /id$/i.test(where.at(-1) ?? ""))) {
        for (const retype of [() => 7, () => ({}), () => true, () => null, () => []]) {
          expect(await start(subject, 200, changed(subject.created, path, retype))).toBe("unreachable");
        }
      }
    });

    it("keep an end and its file, whatever else is odd in them, wherever it stands", async () => {
      const deciding = /status|output|url|^error$|^code$|failure_?code/i;
      for (const [body, expected] of [
        [subject.succeeded, { status: "succeeded", outputUrl: file }],
        [subject.blocked, { status: "failed", failure: { code: "content_blocked" } }],
      ] as const) {
        for (const path of informational(body, deciding)) {
          // Another UUID is another task.
          const isId = /uuid$/i.test(path.at(-1) ?? "");
          for (const retype of isId ? retypings.slice(0, 2) : retypings) {
            for (const move of moves) {
              const found = (await poll(subject, 200, move(changed(body, path, retype)))) as OperationStatus;
              expect({ path, found }).toMatchObject({ path, found: expected });
            }
          }
        }
      }
    });

    it.each(
      [
        {},
        [],
        { message: "Not Found" },
        { message: "no Route matched with those values" },
        "<html>404</html>",
        "",
      ].concat([
        { error: "Not Found", status: 404, path: "/v1" } as never,
        { code: 404, message: "Not Found" } as never,
        { status: "failed", message: "upstream" } as never,
        { success: false } as never,
        "null" as never,
      ]),
    )("do not hold a gateway's words for the vendor's: %j", async (body) => {
      for (const status of [404, 502, 503, 200]) {
        const found = await poll(subject, status, body);
        const isQuiet = found === "unreachable" || found.status === "pending";
        expect({ status, found, isQuiet }).toMatchObject({ isQuiet: true });
      }
    });

    it.each(subject.outdated)("hold a refusal of what we chose against our catalogue: %j", async (body) => {
      for (const status of [400, 422]) {
        expect(await start(subject, status, body)).toMatchObject({
          status: "refused",
          failure: { code: "catalogue_outdated" },
        });
      }
    });

    it("throw nothing but that nobody could find out, for any JSON under any status", async () => {
      await fc.assert(
        fc.asyncProperty(fc.jsonValue(), fc.integer({ min: 200, max: 599 }), async (body, status) => {
          await start(subject, status, body);
          const found = await poll(subject, status, body);
          const word = found === "unreachable" ? found : found.status;
          expect(["pending", "unreachable"]).toContain(word);
        }),
        { numRuns: 300 },
      );
    });

    it("hand on the wait that comes with them, on a poll and on a start that is left open", async () => {
      const waiting = client(subject, 503, {}, { "retry-after": "20" });
      await expect(waiting.status(subject.operation)).rejects.toMatchObject({ retryAfterMs: 20_000 });
      const busy = client(subject, 429, {}, { "retry-after-ms": "20000" });
      await expect(busy.status(subject.operation)).rejects.toMatchObject({ retryAfterMs: 20_000 });
      expect(await busy.start(subject.plan, { idempotencyKey: key })).toMatchObject({
        failure: { code: "rate_limited", retryAfterMs: 20_000 },
      });
      const open = client(subject, 500, {}, { "retry-after": "20" });
      await expect(open.start(subject.plan, { idempotencyKey: key })).rejects.toMatchObject({
        retryAfterMs: 20_000,
      });
    });
  },
);

describe("an error under status 200", () => {
  const subjectOf = (vendor: string) => subjects.find((subject) => subject.vendor === vendor) as Subject;

  it("is a refusal of the start where its words are known, and nothing ambiguous", async () => {
    const heygen = { data: null, error: { code: "insufficient_credit", message: "m" } };
    const runway = { error: "You do not have enough credits to run this task." };
    const runware = { errors: [{ code: "insufficientCredits", message: "m", taskUUID: uuid }] };
    for (const [vendor, body] of Object.entries({ heygen, runway, runware })) {
      expect(await start(subjectOf(vendor), 200, body)).toMatchObject({
        status: "refused",
        failure: { code: "vendor_quota" },
      });
    }
  });

  it("leaves open what became of a start when the vendor broke, or says what nobody knows", async () => {
    const heygen = { data: null, error: { code: "internal_error", message: "m" } };
    const runway = { error: "Something went wrong." };
    const runware = { errors: [{ code: "internalServerError", message: "m", taskUUID: uuid }] };
    for (const [vendor, body] of Object.entries({ heygen, runway, runware })) {
      expect(await start(subjectOf(vendor), 200, body)).toBe("unreachable");
    }
  });

  it("is no end of a task unless it is about its content or says that it is not there", async () => {
    const quota = { data: null, error: { code: "insufficient_credit", message: "m" } };
    expect(await poll(subjectOf("heygen"), 200, quota)).toBe("unreachable");
    expect(await poll(subjectOf("runway"), 200, { error: "Please wait" })).toBe("unreachable");
    const credits = { error: "You do not have enough credits to run this task." };
    for (const status of [200, 404]) {
      expect(await poll(subjectOf("runway"), status, credits)).toBe("unreachable");
    }
    const gone = { data: null, error: { code: "video_not_found", message: "m" } };
    expect(await poll(subjectOf("heygen"), 200, gone)).toEqual({ status: "missing" });
    expect(await poll(subjectOf("heygen"), 404, { code: "video_not_found", message: "m" })).toEqual({
      status: "missing",
    });
  });
});

describe("moderation in Runware's words", () => {
  const runware = subjects.find(({ vendor }) => vendor === "runware") as Subject;
  const task = { taskType: "videoInference", taskUUID: uuid };

  it.each([
    ["in the list of errors", { errors: [{ ...task, code: "invalidProviderContent", message: "m" }] }],
    ["without the UUID", { errors: [{ code: "invalidProviderContent", message: "m" }] }],
    [
      "flat in the item",
      { data: [{ ...task, status: "error", code: "contentPolicyViolation", message: "m" }] },
    ],
    ["nested in the item", { data: [{ ...task, status: "error", error: { code: "promptBlocked" } }] }],
    [
      "as a list in the item",
      { data: [{ ...task, status: "error", errors: [{ code: "contentModeration" }] }] },
    ],
    ["as one error", { error: { ...task, code: "nsfwContentDetected" } }],
    [
      "in the sentence alone",
      { errors: [{ ...task, code: "providerError", message: "Flagged by moderation" }] },
    ],
  ])("is moderation %s", async (_, body) => {
    expect(await poll(runware, 200, body)).toMatchObject({
      status: "failed",
      failure: { code: "content_blocked" },
    });
  });

  it("is not the caller's fault where the vendor refuses a field of ours, and is where it refuses theirs", async () => {
    const refused = (error: object) => start(runware, 400, { errors: [{ ...task, message: "m", ...error }] });
    for (const error of [
      { code: "invalidPositivePrompt", parameter: "positivePrompt" },
      { code: "invalidFrameImages", parameter: "inputs.frameImages[0].image" },
      { code: "invalidSeed" },
    ]) {
      expect(await refused(error)).toMatchObject({ failure: { code: "invalid_request" } });
    }
  });
});
