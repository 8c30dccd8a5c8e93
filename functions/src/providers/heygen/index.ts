import { z } from "zod";
import { usdToMicros } from "../../domain/money.js";
import type {
  Operation,
  ProbeResult,
  StartResult,
  VideoProvider,
  WebhookRegistration,
} from "../../domain/provider/provider.js";
import { isDefiniteRefusal, isNotFound, isSuccess, noVerdict, readAnswer } from "../shared/answer.js";
import type { HttpResponse } from "../shared/http.js";
import { credentialIdOf, type Vendor, type VendorConfig } from "../shared/vendor.js";
import { createClient } from "./client.js";
import { toFailure } from "./failures.js";
import { fromVideo, toBody } from "./mapping.js";
import { models } from "./models.js";
import { createPresenter } from "./presenter.js";
import { endEvents, webhook } from "./webhook.js";
import { accountAnswer, createdAnswer, endpointAnswer, videoAnswer } from "./wire-types.js";

export const heygen: Vendor = {
  id: "heygen",
  label: "HeyGen",
  keyName: "HEYGEN_API_KEY",
  baseUrlName: "HEYGEN_BASE_URL",
  defaultBaseUrl: "https://api.heygen.com",
  settings: {
    HEYGEN_AVATAR_ID: {
      default: "",
      meaning: "Look id of the presenter. Empty: the first usable public look.",
    },
    HEYGEN_VOICE_ID: {
      default: "",
      meaning: "Voice id. Empty: the presenter's own voice; for a photo, the first public voice.",
    },
  },
  webhookSecretName: "HEYGEN_WEBHOOK_SECRET",
  models,
  affinities: { "mode:avatar": 1, "mode:photo": 1 },
  create: createProvider,
};

/** `model` is kept to price the finished video: the answer tells its length, but not its engine. */
const operationSchema = z.object({ videoId: z.string(), model: z.string() });

/** How long to wait while an earlier copy of a start is in progress. The vendor names no time. */
const inProgressRetryMs = 10_000;

function createProvider(config: VendorConfig): VideoProvider {
  const client = createClient(config);
  const presenter = createPresenter(
    client,
    {
      avatarId: config.settings.HEYGEN_AVATAR_ID?.trim() ?? "",
      voiceId: config.settings.HEYGEN_VOICE_ID?.trim() ?? "",
    },
    config.now,
  );

  return {
    id: heygen.id,
    credentialId: credentialIdOf("heygen", config.apiKey),
    models,
    // The vendor's own command line reads every 10 s at first (2026-07).
    pollFloorMs: 10_000,
    startGuard: "idempotent",
    // Deleting a video does not stop its generation; it is billed all the same.
    cancelRefund: "none",
    // Seen: files.heygen.com, files2.heygen.ai, resource.heygen.ai, resource2.heygen.ai (2026-11).
    outputHosts: [".heygen.com", ".heygen.ai"],
    webhook,

    async start(plan, context) {
      const choice = await presenter.choose(plan);
      if (choice.status === "refused") return choice;
      const body = toBody(plan, context, choice.presenter);
      const response = await client.createVideo(body, context.idempotencyKey);
      return readStart(response, plan.model, config.now());
    },

    attach: (videoId, model) => ({ videoId, model }),

    async status(operation) {
      const { videoId, model } = operationSchema.parse(operation);
      const response = await client.readVideo(videoId);
      if (isNotFound(response)) return { status: "missing" };
      // Even a refused key says nothing about the video: only this read has failed, not the job.
      if (!isSuccess(response)) throw noVerdict(response, config.now());
      return fromVideo(readAnswer(response, videoAnswer).data, model);
    },

    async probe() {
      return readProbe(await client.readAccount(), config.now());
    },

    async registerWebhook(url) {
      return readRegistration(await client.registerEndpoint(url, [...endEvents]), config.now());
    },
  };
}

function readStart(response: HttpResponse, model: string, now: number): StartResult {
  if (isSuccess(response)) {
    const operation: Operation = { videoId: readAnswer(response, createdAnswer).data.video_id, model };
    return { status: "started", operation };
  }
  // 409 means that an earlier copy of this start is under way: it may end in a paid video.
  if (response.status === 409) throw noVerdict(response, now, inProgressRetryMs);
  if (!isDefiniteRefusal(response)) throw noVerdict(response, now);
  return { status: "refused", failure: toFailure(response, now) };
}

function readProbe(response: HttpResponse, now: number): ProbeResult {
  if (!isSuccess(response)) {
    if (!isDefiniteRefusal(response)) throw noVerdict(response, now);
    return { status: "failed", failure: toFailure(response, now) };
  }
  const wallet = readAnswer(response, accountAnswer).data.wallet;
  const balance = wallet?.currency?.toLowerCase() === "usd" ? wallet.remaining_balance : undefined;
  return {
    status: "ok",
    ...(balance === undefined || balance === null ? {} : { balanceUsdMicros: usdToMicros(balance) }),
  };
}

function readRegistration(response: HttpResponse, now: number): WebhookRegistration {
  if (!isSuccess(response)) {
    if (!isDefiniteRefusal(response)) throw noVerdict(response, now);
    return { status: "refused", failure: toFailure(response, now) };
  }
  const { endpoint_id: endpointId, secret } = readAnswer(response, endpointAnswer).data;
  return { status: "registered", endpointId, signingSecret: secret };
}
