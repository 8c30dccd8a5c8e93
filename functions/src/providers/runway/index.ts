import type {
  OperationStatus,
  ProbeResult,
  StartResult,
  VideoProvider,
} from "../../domain/provider/provider.js";
import { isDefiniteRefusal, isNotFound, isSuccess, noVerdict, readAnswer } from "../shared/answer.js";
import type { HttpResponse } from "../shared/http.js";
import { credentialIdOf, type Vendor, type VendorConfig } from "../shared/vendor.js";
import { createClient } from "./client.js";
import { toFailure } from "./failures.js";
import { fromTask, type Presenter, toCreateCall, toUsdMicros } from "./mapping.js";
import { models } from "./models.js";
import { accountAnswer, createdAnswer, taskAnswer } from "./wire-types.js";

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

  async function readStatus(taskId: string): Promise<OperationStatus> {
    const response = await client.readTask(taskId);
    if (isNotFound(response)) return { status: "missing" };
    if (!isSuccess(response)) throw noVerdict(response, config.now());
    return fromTask(readAnswer(response, taskAnswer));
  }

  return {
    id: runway.id,
    credentialId: credentialIdOf("runway", config.apiKey),
    models,
    // The vendor asks for no more than one read of a task in five seconds (SDK tasks.d.ts, 4.20.1).
    pollFloorMs: 5_000,
    startGuard: "send_once",
    cancelRefund: "unknown",
    // Files come from a CloudFront distribution (dnznrvs05pmza, 2026-09-26); its name is not promised.
    outputHosts: [".cloudfront.net", ".runwayml.com"],

    async start(plan) {
      const { endpoint, body } = toCreateCall(plan, presenter);
      return readStart(await client.createTask(endpoint, body), config.now());
    },

    attach: (taskId) => ({ taskId }),

    status: (operation) => readStatus(String(operation.taskId)),

    async cancel(operation) {
      const taskId = String(operation.taskId);
      // DELETE also removes a finished task with its bill, and its answer looks the same: so read first.
      const found = await readStatus(taskId);
      if (found.status !== "pending" && found.status !== "missing") {
        return { status: "already_ended", ended: found };
      }
      const response = await client.deleteTask(taskId);
      if (isSuccess(response)) return { status: "confirmed" };
      // It was there a moment ago, so another copy of this call has stopped it.
      if (found.status === "pending" && isNotFound(response)) return { status: "confirmed" };
      if ([400, 404, 409, 410, 422].includes(response.status)) return { status: "unconfirmed" };
      throw noVerdict(response, config.now());
    },

    async probe() {
      return readProbe(await client.readAccount(), config.now());
    },
  };
}

function readStart(response: HttpResponse, now: number): StartResult {
  if (isDefiniteRefusal(response)) return { status: "refused", failure: toFailure(response, now) };
  if (!isSuccess(response)) throw noVerdict(response, now);
  const { id: taskId, estimatedCost } = readAnswer(response, createdAnswer);
  const estimatedCostUsdMicros = toUsdMicros(estimatedCost);
  return {
    status: "started",
    operation: { taskId },
    ...(estimatedCostUsdMicros === undefined ? {} : { estimatedCostUsdMicros }),
  };
}

function readProbe(response: HttpResponse, now: number): ProbeResult {
  if (response.status >= 400 && response.status < 500 && response.status !== 408) {
    return { status: "failed", failure: toFailure(response, now) };
  }
  if (!isSuccess(response)) throw noVerdict(response, now);
  const { creditBalance } = readAnswer(response, accountAnswer);
  const balanceUsdMicros = toUsdMicros({ credits: creditBalance });
  return { status: "ok", ...(balanceUsdMicros === undefined ? {} : { balanceUsdMicros }) };
}
