import { z } from "zod";
import type { ErrorCode } from "../../domain/errors.js";
import { usdToMicros } from "../../domain/money.js";
import type {
  OperationStatus,
  ProbeResult,
  StartResult,
  VideoProvider,
  WebhookRegistration,
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
import { toFailure, toVideoFailure } from "./failures.js";
import { fromVideo, toBody } from "./mapping.js";
import { models } from "./models.js";
import { createPresenter } from "./presenter.js";
import { endEvents, webhook } from "./webhook.js";
import { accountAnswer, createdAnswer, endpointAnswer, readError, videoAnswer } from "./wire-types.js";

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
      meaning: "Voice id. Empty: the presenter's own voice or a public one, in the language of the script.",
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
      const result = readStart(response, plan.model, config.now());
      if (result.status === "refused") presenter.learn(choice.presenter, result.failure);
      return result;
    },

    attach: (videoId, model) => ({ videoId, model }),

    status: keepingWaits(async (operation) => {
      const { videoId, model } = operationSchema.parse(operation);
      return readStatus(await client.readVideo(videoId), model, config.now());
    }, config.now),

    async probe() {
      return readProbe(await client.readAccount(), config.now());
    },

    async registerWebhook(url) {
      return readRegistration(await client.registerEndpoint(url, [...endEvents]), config.now());
    },
  };
}

function readStart(response: HttpResponse, model: string, now: number): StartResult {
  const answer = parseJson(response.text);
  if (isSuccess(response)) {
    const created = createdAnswer.safeParse(answer);
    if (created.success) {
      return { status: "started", operation: { videoId: created.data.videoId, model } };
    }
  }
  const error = readError(answer);
  // An earlier copy of this start is under way: it may end in a paid video.
  if (error?.code === "request_in_progress") throw noVerdict(response, now, inProgressRetryMs);
  if (response.status === 409 && error?.code !== "conflict") {
    throw noVerdict(response, now, inProgressRetryMs);
  }
  const failure = toFailure(response, now);
  if (isSuccess(response)) {
    // A refusal in a success: only words that are known, and that say that nothing was begun.
    const isRefusal = error !== null && !isUnclear.has(failure.code) && !response.unansweredBefore;
    if (!isRefusal) throw unreadable(response, now);
  } else if (!isDefiniteRefusal(response)) throw noVerdict(response, now);
  return { status: "refused", failure };
}

/** What such a word leaves open is whether the work was begun. */
const isUnclear: ReadonlySet<ErrorCode> = new Set(["server_error", "timeout", "unknown"]);

function readStatus(response: HttpResponse, model: string, now: number): OperationStatus {
  const answer = parseJson(response.text);
  const video = isSuccess(response) ? videoAnswer.safeParse(answer) : undefined;
  if (video?.success) return fromVideo(video.data, model);
  const error = readError(answer);
  const saysMissing = response.status === 404 || isSuccess(response);
  if (saysMissing && missingWords.has(error?.code ?? "")) return { status: "missing" };
  // Only about a video can it be said that its content is not allowed.
  if (isSuccess(response) && error !== null) {
    const failure = toVideoFailure(error.code, error.message);
    if (failure.code === "content_blocked") return { status: "failed", failure };
  }
  // Even a refused key says nothing about the video: only this read has failed, not the job.
  throw isSuccess(response) ? unreadable(response, now) : noVerdict(response, now);
}

/** The vendor's words for "I have no such video". A gateway's 404 has no code, or a number. */
const missingWords = new Set(["video_not_found", "resource_not_found", "not_found"]);

function readProbe(response: HttpResponse, now: number): ProbeResult {
  if (!isSuccess(response)) {
    if (!isDefiniteRefusal(response)) throw noVerdict(response, now);
    return { status: "failed", failure: toFailure(response, now) };
  }
  const wallet = readAnswer(response, accountAnswer, now).data.wallet;
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
  const { endpoint_id: endpointId, secret } = readAnswer(response, endpointAnswer, now).data;
  return { status: "registered", endpointId, signingSecret: secret };
}
