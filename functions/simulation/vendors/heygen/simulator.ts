import { parseJson } from "../../../src/providers/shared/answer.js";
import type {
  SimulatedRequest,
  SimulatedResponse,
  SimulatedWebhook,
  Simulator,
  SimulatorWorld,
  VendorSimulation,
} from "../shared/simulator.js";
import { parseVideoRequest, refusal, videoNotFound } from "./bodies.js";
import {
  billedUsd,
  billedUsdMicros,
  createSimulatedVideo,
  describeVideo,
  type SimulatedVideo,
  statusOf,
} from "./generation.js";
import { createDeliveries } from "./webhooks.js";

export const heygenSimulation: VendorSimulation = {
  vendor: "heygen",
  create: createSimulator,
  isStart: (request) => request.method === "POST" && request.path === "/v3/videos",
};

const replayMs = 24 * 3_600_000;
/** Pay-as-you-go; above it the vendor answers 429. */
const maxRunning = 10;
/** A generation counts as running no longer than this: else ten stuck ones would block the account for ever. */
const maxRunningMs = 3_600_000;

function createSimulator(world: SimulatorWorld, apiKey: string): Simulator {
  /** Everything that was ever started, and what of it is still in the account. */
  const made: SimulatedVideo[] = [];
  const videos = new Map<string, SimulatedVideo>();
  const running = new Set<SimulatedVideo>();
  /** Videos whose end was not reported yet; ends are reported once. */
  const unreported = new Set<SimulatedVideo>();
  const replays = new Map<string, { readonly response: SimulatedResponse; readonly at: number }>();
  let counter = 0;

  /** 32 hex digits, as the vendor's; the counter keeps them different whatever `random` returns. */
  function newId(prefix = ""): string {
    counter += 1;
    const chance = Math.floor(world.random() * 2 ** 48).toString(16);
    return prefix + chance.padStart(12, "0") + counter.toString(16).padStart(20, "0");
  }
  const deliveries = createDeliveries(world, newId);

  function start(request: SimulatedRequest): SimulatedResponse {
    const key = request.headers["idempotency-key"];
    if (key !== undefined && !/^[A-Za-z0-9_:.-]{1,255}$/.test(key)) {
      return refusal(400, "invalid_parameter", "Invalid Idempotency-Key", { param: "Idempotency-Key" });
    }
    const replay = key === undefined ? undefined : replays.get(key);
    if (replay !== undefined && world.now() - replay.at < replayMs) return replay.response;
    const response = startNew(request);
    // Only accepted starts are replayed: nothing is documented of refused ones.
    if (key !== undefined && response.status === 200) replays.set(key, { response, at: world.now() });
    return response;
  }

  function startNew(request: SimulatedRequest): SimulatedResponse {
    const parsed = parseVideoRequest(parseJson(request.text));
    if (parsed.refusal !== undefined) return parsed.refusal;
    if (countRunning() >= maxRunning) return tooManyVideos();
    const generationFault = world.generationFault();
    if (generationFault?.type === "no-credits")
      return refusal(402, "insufficient_credit", "Insufficient credit");
    if (generationFault?.type === "rate-limit") return tooManyVideos();
    const video = createSimulatedVideo(parsed.request, newId(), world, generationFault);
    made.push(video);
    videos.set(video.id, video);
    running.add(video);
    unreported.add(video);
    const outputFormat = parsed.request.output_format ?? "mp4";
    return ok({ data: { video_id: video.id, status: "waiting", output_format: outputFormat } });
  }

  function countRunning(): number {
    for (const video of running) {
      if (Math.min(video.endsAt, video.startedAt + maxRunningMs) <= world.now()) running.delete(video);
    }
    return running.size;
  }

  function readVideo(id: string): SimulatedResponse {
    const video = videos.get(id);
    return video === undefined ? videoNotFound(id) : ok({ data: describeVideo(video, world) });
  }

  /** Takes the video out of the account; a generation that runs is billed all the same. */
  function removeVideo(id: string): SimulatedResponse {
    if (!videos.delete(id)) return videoNotFound(id);
    return ok({ data: { id, deleted: true } });
  }

  function readStatuses(query: URLSearchParams): SimulatedResponse {
    const ids = (query.get("video_ids") ?? "").split(",").filter((id) => id !== "");
    if (ids.length === 0 || ids.length > 100) {
      return refusal(400, "invalid_parameter", "1 to 100 ids are required", { param: "video_ids" });
    }
    const data = ids.map((id) => {
      const video = videos.get(id);
      const status = video === undefined ? "not_found" : statusOf(video, world.now());
      const error = status === "failed" ? { code: video?.failure?.code } : null;
      return { video_id: id, batch_id: null, item_index: null, status, error };
    });
    return ok({ data, has_more: false, next_token: null });
  }

  function readCatalogue(name: "looks" | "voices", query: URLSearchParams): SimulatedResponse {
    const page = listCatalogue(name, query);
    if (page === null) {
      return refusal(400, "invalid_parameter", "limit is out of range", { param: "limit" });
    }
    return ok(page);
  }

  function route(request: SimulatedRequest): SimulatedResponse {
    const [, , collection = "", ...rest] = request.path.split("/");
    const [id = ""] = rest.slice(-1);
    switch (`${request.method} ${request.path}`) {
      case "POST /v3/videos":
        return start(request);
      case "GET /v3/videos/statuses":
        return readStatuses(request.query);
      case "GET /v3/users/me":
        return ok({
          data: describeAccount(made.reduce((sum, video) => sum + billedUsd(video, world.now()), 0)),
        });
      case "GET /v3/avatars/looks":
        return readCatalogue("looks", request.query);
      case "GET /v3/voices":
        return readCatalogue("voices", request.query);
      case "POST /v3/webhooks/endpoints":
        return deliveries.register(request.text);
      case "GET /v3/webhooks/endpoints":
        return deliveries.list();
    }
    if (collection === "videos" && rest.length === 1) {
      if (request.method === "GET") return readVideo(id);
      if (request.method === "DELETE") return removeVideo(id);
    }
    if (collection === "webhooks" && rest.length === 2 && request.method === "DELETE") {
      return deliveries.remove(id);
    }
    return refusal(404, "not_found", "Not found");
  }

  return {
    vendor: "heygen",
    handle(request) {
      // A missing and a wrong key look the same.
      const isKnown = request.headers["x-api-key"] === apiKey;
      const response = isKnown ? route(request) : refusal(401, "unauthorized", "Unauthorized");
      return { ...response, headers: { ...response.headers, "x-request-id": newId() } };
    },
    paidStarts: () => made.map(({ id, model, startedAt, endsAt }) => ({ id, model, startedAt, endsAt })),
    billedUsdMicros: () => made.reduce((sum, video) => sum + billedUsdMicros(video), 0),
    takeWebhooks(): readonly SimulatedWebhook[] {
      const ended = [...unreported]
        .filter((video) => video.endsAt <= world.now())
        .sort((a, b) => a.endsAt - b.endsAt);
      for (const video of ended) unreported.delete(video);
      return ended.filter((video) => videos.has(video.id)).flatMap(deliveries.deliveriesOf);
    },
  };
}

function tooManyVideos(): SimulatedResponse {
  return refusal(429, "rate_limit_exceeded", "Too many concurrent videos", {
    headers: { "retry-after": "30" },
  });
}

function ok(body: unknown): SimulatedResponse {
  return { status: 200, body };
}

/** An account that is refilled automatically. The fault `no-credits` refuses one start all the same. */
const wallet = { firstUsd: 1_000, thresholdUsd: 10, reloadUsd: 1_000 };

/** The answer to GET /v3/users/me after so much was billed. */
function describeAccount(billedUsd: number) {
  const overdrawnUsd = Math.max(0, billedUsd + wallet.thresholdUsd - wallet.firstUsd);
  const reloadedUsd = Math.ceil(overdrawnUsd / wallet.reloadUsd) * wallet.reloadUsd;
  return {
    username: "simulated",
    email: "simulated@example.test",
    first_name: null,
    last_name: null,
    billing_type: "wallet",
    wallet: {
      currency: "usd",
      remaining_balance: Math.round((wallet.firstUsd + reloadedUsd - billedUsd) * 100) / 100,
      auto_reload: { enabled: true, threshold_usd: wallet.thresholdUsd, amount_usd: wallet.reloadUsd },
    },
    subscription: null,
    usage_based: null,
  };
}

/** A few entries of the vendor's lists, among them some that must not be chosen. */
const looks = [
  look("look_without_preview", { preview_image_url: null }),
  look("look_older_engines", { supported_api_engines: ["avatar_iii"] }),
  look("look_without_voice", { default_voice_id: null }),
  look("look_studio_1", {}),
  look("look_studio_2", {}),
];

const voices = [
  ["voice_en_1", "English"],
  ["voice_de_1", "German"],
  ["voice_ja_1", "Japanese"],
  ["voice_any_1", "Multilingual"],
].map(([id, language]) => ({
  voice_id: id,
  name: id,
  language,
  gender: "female",
  type: "public",
  support_pause: true,
  support_locale: true,
}));

function listCatalogue(name: "looks" | "voices", query: URLSearchParams) {
  const limit = Number(query.get("limit") ?? 20);
  const greatest = name === "looks" ? 50 : 100;
  if (!Number.isInteger(limit) || limit < 1 || limit > greatest) return null;
  const items: readonly object[] = name === "looks" ? looks : voices;
  const start = Number(query.get("token") ?? 0);
  const end = start + limit;
  const hasMore = end < items.length;
  return { data: items.slice(start, end), has_more: hasMore, next_token: hasMore ? String(end) : null };
}

function look(id: string, differences: Record<string, unknown>) {
  return {
    id,
    name: id,
    avatar_type: "studio_avatar",
    preview_image_url: `https://files2.heygen.ai/avatar/${id}.webp`,
    default_voice_id: "voice_en_1",
    supported_api_engines: ["avatar_iii", "avatar_iv", "avatar_v"],
    ...differences,
  };
}
