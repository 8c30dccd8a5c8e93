import { UnreachableError } from "../../domain/errors.js";
import type { VideoProvider } from "../../domain/provider/provider.js";
import { isDefiniteRefusal, isNotFound, readAnswer, retryAfterMs } from "../shared/answer.js";
import type { HttpResponse } from "../shared/http.js";
import type { Vendor, VendorConfig } from "../shared/vendor.js";
import { createClient } from "./client.js";
import { toFailure } from "./failures.js";
import { fromTask, type Presenter, toCreateCall, toUsdMicros } from "./mapping.js";
import { models } from "./models.js";
import { createdTask, organization, task } from "./wire-types.js";

const settings = {
  RUNWAYML_AVATAR_PRESET: {
    default: "human-resource",
    meaning: "Stock presenter of avatar videos, one of Runway's nine preset ids",
  },
  RUNWAYML_VOICE_PRESET: {
    default: "clara",
    meaning: "Voice of avatar videos, one of Runway's thirty preset ids",
  },
} as const;

export const runway: Vendor = {
  id: "runway",
  label: "Runway",
  keyName: "RUNWAYML_API_SECRET",
  baseUrlName: "RUNWAYML_BASE_URL",
  defaultBaseUrl: "https://api.dev.runwayml.com",
  settings,
  models,
  affinities: { "strategy:creative": 0.9 },
  create: createProvider,
};

function createProvider(config: VendorConfig): VideoProvider {
  const client = createClient(config);
  const presenter: Presenter = {
    avatarPreset: config.settings.RUNWAYML_AVATAR_PRESET ?? settings.RUNWAYML_AVATAR_PRESET.default,
    voicePreset: config.settings.RUNWAYML_VOICE_PRESET ?? settings.RUNWAYML_VOICE_PRESET.default,
  };

  return {
    id: "runway",
    models,
    // The vendor asks for no more than one read of a task in five seconds (SDK tasks.d.ts, 4.20.1).
    pollFloorMs: 5_000,
    startGuard: "send_once",
    cancelRefund: "unknown",
    // Files come from a CloudFront distribution (dnznrvs05pmza, 2026-09-26); its name is not promised.
    outputHosts: [".cloudfront.net", ".runwayml.com"],

    async start(plan) {
      const { endpoint, body } = toCreateCall(plan, presenter);
      const response = await client.createTask(endpoint, body);
      if (isDefiniteRefusal(response)) {
        return { status: "refused", failure: toFailure(response, config.now()) };
      }
      if (!isSuccess(response)) throw unclear(response, config.now());
      const created = readAnswer(response, createdTask);
      const estimatedCostUsdMicros = toUsdMicros(created.estimatedCost);
      return {
        status: "started",
        operation: { taskId: created.id },
        ...(estimatedCostUsdMicros === undefined ? {} : { estimatedCostUsdMicros }),
      };
    },

    attach: (taskId) => ({ taskId }),

    async status(operation) {
      const response = await client.getTask(String(operation.taskId));
      if (isNotFound(response)) return { status: "missing" };
      if (!isSuccess(response)) throw unclear(response, config.now());
      return fromTask(readAnswer(response, task));
    },

    async cancel(operation) {
      const response = await client.deleteTask(String(operation.taskId));
      if (isSuccess(response)) return { status: "confirmed" };
      if ([400, 404, 409, 410, 422].includes(response.status)) return { status: "unconfirmed" };
      throw unclear(response, config.now());
    },

    async probe() {
      const response = await client.getOrganization();
      if (response.status >= 400 && response.status < 500 && response.status !== 408) {
        return { status: "failed", failure: toFailure(response, config.now()) };
      }
      if (!isSuccess(response)) throw unclear(response, config.now());
      const { creditBalance } = readAnswer(response, organization);
      const balanceUsdMicros = toUsdMicros({ credits: creditBalance });
      return { status: "ok", ...(balanceUsdMicros === undefined ? {} : { balanceUsdMicros }) };
    },
  };
}

function isSuccess(response: HttpResponse): boolean {
  return response.status >= 200 && response.status < 300;
}

/** An answer from which nothing follows about the task. */
function unclear(response: HttpResponse, now: number): UnreachableError {
  return new UnreachableError(`no usable answer (status ${response.status})`, {
    sent: "maybe",
    code: unclearCode(response.status),
    retryAfterMs: retryAfterMs(response.headers, now),
  });
}

function unclearCode(status: number): UnreachableError["code"] {
  if (status === 408 || status === 504) return "timeout";
  return status >= 500 ? "server_error" : "unknown";
}
