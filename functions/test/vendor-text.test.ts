import { describe, expect, it } from "@jest/globals";
import { simulatedTransport } from "../simulation/kit/transport.js";
import { toView } from "../src/domain/job/view.js";
import { checkHealth } from "../src/engine/upkeep/check-health.js";
import type { HttpRequest, HttpResponse } from "../src/providers/shared/http.js";
import { canaryKey, createWorld, type World } from "./engine/world.js";

/**
 * Vendors that repeat in every field what they have been sent or should never say. None of it may be
 * seen again: not in what is stored, not in the log, not in what a client is told.
 */
const canaries = {
  key: canaryKey,
  bearer: "canary.bearer-4471",
  signature: "canarysignature9921",
  token: "7c0ffee0canary0token0of0somebody0else",
  prompt: "A canary in a glass cage sings to a crowd of miners at the end of their shift",
  mailbox: "canary.person",
};
const echoes: readonly string[] = [
  canaries.key,
  `Authorization: Bearer ${canaries.bearer}`,
  `fetch of https://ada:${canaries.signature}@cdn.vendor.example/a.mp4?X-Signature=${canaries.signature} failed`,
  String.raw`{\"api_key\":\"${canaries.key}\",\"url\":\"https:\/\/cdn.vendor.example\/a.mp4?sig=${canaries.signature}\"}`,
  canaries.token,
  canaries.prompt,
  `Prompt "${canaries.prompt}" of ${canaries.mailbox}@mail.example is not allowed`,
  // Where the text is cut.
  `${"moderation ".repeat(40).slice(0, 280)} ${canaries.prompt}`,
  `${"- ".repeat(200).slice(0, 281)} password=${canaries.signature} of ${canaries.token}`,
];

/** Every shape in which one of the vendors, or a gateway before it, says that something went wrong. */
const shapes: Readonly<Record<string, (text: string) => unknown>> = {
  "error with a code": (text) => ({ error: { code: text, message: text, param: text, detail: text } }),
  "error of a known code": (text) => ({ error: { code: "invalid_parameter", message: text, param: text } }),
  "error as a sentence": (text) => ({ error: text, docUrl: text }),
  "error with issues": (text) => ({
    error: text,
    issues: [{ code: text, path: [text], message: text, parameter: text }],
  }),
  "list of errors": (text) => ({
    errors: [{ code: text, message: text, parameter: text, taskType: text, type: text }],
  }),
  "known word in a list": (text) => ({
    errors: [{ code: "invalidPositivePrompt", message: text, parameter: text, allowedValues: [text] }],
  }),
  "flat error": (text) => ({ code: text, message: text }),
  "failed task": (text) => ({ id: text, status: "FAILED", failure: text, failureCode: text }),
  "task failed for a known reason": (text) => ({
    id: text,
    status: "FAILED",
    failure: text,
    failureCode: "SAFETY.INPUT.TEXT",
  }),
  "failed video": (text) => ({
    data: { id: text, status: "failed", failure_code: text, failure_message: text },
  }),
  "video failed for a known reason": (text) => ({
    data: { id: text, status: "failed", failure_code: "content_policy_violation", failure_message: text },
  }),
  "failed item": (text) => ({
    data: [{ status: "error", error: { code: text, message: text, parameter: text } }],
  }),
  "id that is none": (text) => ({ id: text, data: { video_id: text } }),
};

const isStart = ({ method, body }: HttpRequest) =>
  method === "POST" && !/getResponse|accountManagement/.test(JSON.stringify(body));

interface Echo {
  readonly of: "starts" | "reads";
  readonly status: number;
  readonly body: unknown;
}

function worldOf(echo: Echo): World {
  return createWorld({
    transport: (...simulated) => {
      const real = simulatedTransport(...simulated);
      return {
        async send(request): Promise<HttpResponse> {
          if (isStart(request) !== (echo.of === "starts")) return real.send(request);
          return {
            status: echo.status,
            headers: { "x-echo": JSON.stringify(echo.body) },
            text: JSON.stringify(echo.body),
            unansweredBefore: false,
          };
        },
      };
    },
  });
}

/**
 * All that anybody could read afterwards, without the request itself, which is its owner's, and the
 * vendor's ids, which no rule tells from a token.
 */
async function readable(world: World): Promise<string> {
  const owned = new Set(["request", "plan", "decision", "operation"]);
  return JSON.stringify(
    [
      [...world.database.jobs.values()],
      [...world.database.batches.values()],
      world.log.lines,
      world.audit.lines,
      world.notifier.ended,
      [...world.database.jobs.values()].map((job) => toView(job, world.now()).error),
      await world.deps.snapshot().then(({ health }) => health),
    ],
    (name, value) => (owned.has(name) ? undefined : value),
  );
}

const kinds = [
  { kind: "text", prompt: canaries.prompt, providers: { only: ["runway"] } },
  { kind: "text", prompt: canaries.prompt, providers: { only: ["runware"] } },
  { kind: "avatar", script: canaries.prompt, providers: { only: ["heygen"] } },
];

/** What the vendor says to which calls, and under which status. */
const calls = [
  { of: "starts", status: 400 },
  { of: "starts", status: 200 },
  { of: "reads", status: 200 },
] as const;

/** The canaries that can be seen, the prompt also where a part of it is quoted. */
function seenIn(text: string): string[] {
  const { prompt, ...others } = canaries;
  return [...Object.values(others), prompt.slice(0, 30), prompt.slice(-30)].filter((canary) =>
    text.includes(canary),
  );
}

describe("what a vendor repeats", () => {
  it.each(Object.keys(shapes))("is in no document, log or answer, in any field of: %s", async (name) => {
    for (const text of echoes) {
      for (const call of calls) {
        const world = worldOf({ ...call, body: shapes[name]?.(text) });
        for (const request of kinds) await world.submit({ prompt: undefined, ...request });
        await world.run(40);
        expect({ text, call, seen: seenIn(await readable(world)) }).toEqual({ text, call, seen: [] });
      }
    }
  });

  it("is in no document or log after a look at the accounts", async () => {
    for (const text of echoes) {
      const world = worldOf({ of: "reads", status: 403, body: shapes["error with a code"]?.(text) });
      await checkHealth(world.deps);
      expect({ text, seen: seenIn(await readable(world)) }).toEqual({ text, seen: [] });
    }
  });
});
