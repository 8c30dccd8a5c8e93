import type { z } from "zod";
import { type Failure, UnreachableError } from "../../domain/errors.js";
import type { GenerationPlan } from "../../domain/provider/provider.js";
import { readAnswer } from "../shared/answer.js";
import type { HttpResponse } from "../shared/http.js";
import type { HeygenClient } from "./client.js";
import { toFailure } from "./failures.js";
import { engineOf, type Presenter } from "./mapping.js";
import { looksAnswer, voicesAnswer, type WireLook } from "./wire-types.js";

type PresenterChoice =
  | { readonly status: "chosen"; readonly presenter: Presenter }
  | { readonly status: "refused"; readonly failure: Failure };

type Listing<Item> =
  | { readonly status: "read"; readonly items: readonly Item[] }
  | { readonly status: "refused"; readonly failure: Failure };

interface PresenterSettings {
  readonly avatarId: string;
  readonly voiceId: string;
}

/**
 * Chooses who speaks: what the settings name, otherwise the first usable entry of the vendor's
 * lists, which are read once per instance. All of it happens before anything is paid.
 */
export function createPresenter(client: HeygenClient, settings: PresenterSettings, now: () => number) {
  const looks = rememberListing(client.listPublicLooks, looksAnswer, now);
  const voices = rememberListing(client.listVoices, voicesAnswer, now);
  const voiceId = settings.voiceId === "" ? undefined : settings.voiceId;

  async function choosePhoto(): Promise<PresenterChoice> {
    if (voiceId !== undefined) return { status: "chosen", presenter: { type: "photo", voiceId } };
    // A picture has no default voice.
    const listing = await voices();
    if (listing.status === "refused") return listing;
    const voice = listing.items[0];
    if (voice === undefined) return nothingUsable("no_usable_voice", "set HEYGEN_VOICE_ID");
    return { status: "chosen", presenter: { type: "photo", voiceId: voice.voice_id } };
  }

  async function chooseAvatar(engine: string): Promise<PresenterChoice> {
    if (settings.avatarId !== "") {
      return { status: "chosen", presenter: { type: "avatar", avatarId: settings.avatarId, voiceId } };
    }
    const listing = await looks();
    if (listing.status === "refused") return listing;
    const look = listing.items.find((candidate) => isUsable(candidate, engine, voiceId));
    if (look === undefined) return nothingUsable("no_usable_look", `set HEYGEN_AVATAR_ID (${engine})`);
    return { status: "chosen", presenter: { type: "avatar", avatarId: look.id, voiceId } };
  }

  return {
    choose: (plan: GenerationPlan): Promise<PresenterChoice> =>
      plan.mode === "photo" ? choosePhoto() : chooseAvatar(engineOf(plan.model)),
  };
}

/** A look without a preview is not ready and fails silently (vendor's skills repository, 2026). */
function isUsable(look: WireLook, engine: string, voiceId: string | undefined): boolean {
  if (!look.preview_image_url) return false;
  if (voiceId === undefined && look.default_voice_id === null) return false;
  return look.supported_api_engines?.includes(engine) ?? true;
}

/** Nothing was sent, and asking again will not help: another model may take over. */
function nothingUsable(providerCode: string, detail: string): PresenterChoice {
  return { status: "refused", failure: { code: "unknown", providerCode, detail } };
}

/** Reads a list once. When that fails, the next start tries again. */
function rememberListing<Item>(
  send: () => Promise<HttpResponse>,
  schema: z.ZodType<{ data: Item[] }>,
  now: () => number,
): () => Promise<Listing<Item>> {
  let items: readonly Item[] | undefined;
  return async () => {
    if (items !== undefined) return { status: "read", items };
    const response = await send().catch(rethrowNotSent);
    if (response.status >= 300) return refusedListing(response, now());
    items = readListing(response, schema);
    return { status: "read", items };
  };
}

function readListing<Item>(response: HttpResponse, schema: z.ZodType<{ data: Item[] }>): readonly Item[] {
  try {
    return readAnswer(response, schema).data;
  } catch (error) {
    return rethrowNotSent(error);
  }
}

/** A bad key, an empty account or a limit would stop the start too; other errors are only about the list. */
function refusedListing(response: HttpResponse, now: number): { status: "refused"; failure: Failure } {
  const failure = toFailure(response, now);
  if (["authentication", "vendor_quota", "rate_limited"].includes(failure.code)) {
    return { status: "refused", failure };
  }
  throw new UnreachableError(`no presenter list (status ${response.status})`, {
    sent: "no",
    code: response.status >= 500 ? "server_error" : "unknown",
    retryAfterMs: failure.retryAfterMs,
  });
}

/** The paid start is sent after the lists, so an error here means that it was not sent. */
function rethrowNotSent(error: unknown): never {
  if (!(error instanceof UnreachableError)) throw error;
  throw new UnreachableError(error.message, {
    sent: "no",
    code: error.code,
    retryAfterMs: error.retryAfterMs,
    cause: error,
  });
}
