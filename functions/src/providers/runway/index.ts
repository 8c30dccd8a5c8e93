import type {
  OperationStatus,
  ProbeResult,
  StartResult,
  VideoProvider,
} from "../../domain/provider/provider.js";
import {
  isDefiniteRefusal,
  isSuccess,
  noVerdict,
  parseJson,
  readAnswer,
  unreadable,
} from "../shared/answer.js";
import type { HttpResponse } from "../shared/http.js";
import { keepingWaits } from "../shared/named-waits.js";
import { credentialIdOf, type Vendor, type VendorConfig } from "../shared/vendor.js";
import { createClient } from "./client.js";
import { toFailure } from "./failures.js";
import { fromTask, type Presenter, toCreateCall, toUsdMicros } from "./mapping.js";
import { models } from "./models.js";
import { accountAnswer, createdAnswer, readRefusal, saysNoSuchTask, taskAnswer } from "./wire-types.js";

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
    if (isNoSuchTask(response)) return { status: "missing" };
    if (!isSuccess(response)) throw noVerdict(response, config.now());
    const status = fromTask(readAnswer(response, taskAnswer, config.now()));
    if (status === null) throw unreadable(response, config.now());
    return status;
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

    status: keepingWaits((operation) => readStatus(String(operation.taskId)), config.now),

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
      if (found.status === "pending" && isNoSuchTask(response)) return { status: "confirmed" };
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
  const created = createdAnswer.safeParse(parseJson(response.text));
  if (!created.success) return readRefusedStart(response, now);
  const { id: taskId, estimatedCost } = created.data;
  const estimatedCostUsdMicros = toUsdMicros(estimatedCost);
  return {
    status: "started",
    operation: { taskId },
    ...(estimatedCostUsdMicros === undefined ? {} : { estimatedCostUsdMicros }),
  };
}

/** A status of success without a task: only words of the vendor that are understood are a refusal. */
function readRefusedStart(response: HttpResponse, now: number): StartResult {
  if (readRefusal(parseJson(response.text)) === null) throw unreadable(response, now);
  const failure = toFailure(response, now);
  if (failure.code === "unknown") throw unreadable(response, now);
  return { status: "refused", failure };
}

/** Never what a gateway says: `{}`, `[]`, `{"message": …}`, a page. */
function isNoSuchTask(response: HttpResponse): boolean {
  if (response.status !== 404 && !isSuccess(response)) return false;
  const answer = parseJson(response.text);
  return saysNoSuchTask(answer) && !taskAnswer.safeParse(answer).success;
}

function readProbe(response: HttpResponse, now: number): ProbeResult {
  if (response.status >= 400 && response.status < 500 && response.status !== 408) {
    return { status: "failed", failure: toFailure(response, now) };
  }
  if (!isSuccess(response)) throw noVerdict(response, now);
  const { creditBalance } = readAnswer(response, accountAnswer, now);
  const balanceUsdMicros = toUsdMicros({ credits: creditBalance });
  return { status: "ok", ...(balanceUsdMicros === undefined ? {} : { balanceUsdMicros }) };
}
