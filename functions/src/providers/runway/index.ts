import type { OperationStatus, VideoProvider } from "../../domain/provider/provider.js";
import { isDefiniteRefusal, isNotFound, isSuccess, noVerdict, readAnswer } from "../shared/answer.js";
import { credentialIdOf, type Vendor, type VendorConfig } from "../shared/vendor.js";
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

  async function readTask(taskId: string): Promise<OperationStatus> {
    const response = await client.getTask(taskId);
    if (isNotFound(response)) return { status: "missing" };
    if (!isSuccess(response)) throw noVerdict(response, config.now());
    return fromTask(readAnswer(response, task));
  }

  return {
    id: "runway",
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
      const response = await client.createTask(endpoint, body);
      if (isDefiniteRefusal(response)) {
        return { status: "refused", failure: toFailure(response, config.now()) };
      }
      if (!isSuccess(response)) throw noVerdict(response, config.now());
      const created = readAnswer(response, createdTask);
      const estimatedCostUsdMicros = toUsdMicros(created.estimatedCost);
      return {
        status: "started",
        operation: { taskId: created.id },
        ...(estimatedCostUsdMicros === undefined ? {} : { estimatedCostUsdMicros }),
      };
    },

    attach: (taskId) => ({ taskId }),

    status: (operation) => readTask(String(operation.taskId)),

    async cancel(operation) {
      const taskId = String(operation.taskId);
      // The same call deletes what has finished, answers no differently, and takes the bill along.
      const found = await readTask(taskId);
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
      const response = await client.getOrganization();
      if (response.status >= 400 && response.status < 500 && response.status !== 408) {
        return { status: "failed", failure: toFailure(response, config.now()) };
      }
      if (!isSuccess(response)) throw noVerdict(response, config.now());
      const { creditBalance } = readAnswer(response, organization);
      const balanceUsdMicros = toUsdMicros({ credits: creditBalance });
      return { status: "ok", ...(balanceUsdMicros === undefined ? {} : { balanceUsdMicros }) };
    },
  };
}
