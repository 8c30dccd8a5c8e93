import type { SimulatedResponse } from "../shared/simulator.js";

/** The vendor's error body: `{"error":{"code","message","param"?,"doc_url"?}}`. */
export function refuse(
  status: number,
  code: string,
  message: string,
  rest: { param?: string; headers?: Record<string, string> } = {},
): SimulatedResponse {
  return {
    status,
    ...(rest.headers === undefined ? {} : { headers: rest.headers }),
    body: { error: { code, message, ...(rest.param === undefined ? {} : { param: rest.param }) } },
  };
}

export function videoNotFound(id: string): SimulatedResponse {
  return {
    status: 404,
    body: {
      error: {
        code: "video_not_found",
        message: `Video ${id} not found`,
        doc_url: "https://developers.heygen.com/docs/error-codes",
      },
    },
  };
}

/** An account with auto-reload never runs dry by itself; `no-credits` empties it for one start. */
const wallet = { firstUsd: 1_000, thresholdUsd: 10, reloadUsd: 1_000 };

/** The answer to GET /v3/users/me after so much was billed. */
export function describeAccount(billedUsd: number) {
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

const voices = ["voice_en_1", "voice_de_1"].map((id) => ({
  voice_id: id,
  name: id,
  language: id.includes("_en_") ? "English" : "German",
  gender: "female",
  type: "public",
  support_pause: true,
  support_locale: true,
}));

export function listCatalogue(name: "looks" | "voices", query: URLSearchParams) {
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
