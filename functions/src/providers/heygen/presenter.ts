import { type Failure, UnreachableError } from "../../domain/errors.js";
import type { GenerationPlan } from "../../domain/provider/provider.js";
import type { HeygenClient } from "./client.js";
import { languagesOf, speaks, speaksAny } from "./language.js";
import { createListing, type Found } from "./listing.js";
import { engineOf, type Presenter } from "./mapping.js";
import { looksAnswer, voicesAnswer, type WireLook, type WireVoice } from "./wire-types.js";

type PresenterChoice =
  | { readonly status: "chosen"; readonly presenter: Presenter }
  | { readonly status: "refused"; readonly failure: Failure };

interface PresenterSettings {
  readonly avatarId: string;
  readonly voiceId: string;
}

/**
 * Chooses who speaks: what the settings name, otherwise the first entries of the vendor's lists that
 * fit, a voice by the language of the script. All of it happens before anything is paid.
 */
export function createPresenter(client: HeygenClient, settings: PresenterSettings, now: () => number) {
  const looks = createListing(client.listPublicLooks, looksAnswer, now);
  const voices = createListing(client.listVoices, voicesAnswer, now);
  /** Looks and voices that the vendor has refused since this instance began. */
  const refused = new Set<string>();
  const settledVoice = settings.voiceId === "" ? undefined : settings.voiceId;

  async function choosePhoto(script: string): Promise<PresenterChoice> {
    if (settledVoice !== undefined) return chosen({ type: "photo", voiceId: settledVoice });
    // A picture has no default voice.
    const found = await findVoice(languagesOf(script));
    if (found.status === "refused") return found;
    if (found.status === "none") return noVoice(script);
    return chosen({ type: "photo", voiceId: found.item.voice_id });
  }

  async function chooseAvatar(engine: string, script: string): Promise<PresenterChoice> {
    if (settings.avatarId !== "") return chooseVoice(settings.avatarId, undefined, script);
    const look = await looks.find(
      (candidate) => !refused.has(candidate.id) && isUsable(candidate, engine, settledVoice),
    );
    if (look.status === "refused") return look;
    if (look.status === "none") return nothingUsable("no_usable_look", `set HEYGEN_AVATAR_ID (${engine})`);
    return chooseVoice(look.item.id, look.item.default_voice_id ?? undefined, script);
  }

  /** The look's own voice, unless it is known to speak another language than the script. */
  async function chooseVoice(
    avatarId: string,
    defaultVoiceId: string | undefined,
    script: string,
  ): Promise<PresenterChoice> {
    const own = chosen({ type: "avatar", avatarId, voiceId: settledVoice });
    if (settledVoice !== undefined || defaultVoiceId === undefined) return own;
    const languages = languagesOf(script);
    const known = await findKnownVoice(defaultVoiceId);
    if (known.status === "refused") return known;
    if (known.status === "found" && !refused.has(defaultVoiceId) && suits(known.item, languages)) return own;
    // In no page that could be read: nothing speaks against it.
    if (known.status === "none" && !refused.has(defaultVoiceId)) return own;
    const other = await findVoice(languages);
    if (other.status === "refused") return other;
    if (other.status === "none") return noVoice(script);
    return chosen({ type: "avatar", avatarId, voiceId: other.item.voice_id });
  }

  /** Without the list nothing is known against a look's own voice. */
  function findKnownVoice(voiceId: string): Promise<Found<WireVoice>> {
    return voices
      .find(({ voice_id }) => voice_id === voiceId)
      .catch((error) => {
        if (error instanceof UnreachableError) return { status: "none" } as const;
        throw error;
      });
  }

  async function findVoice(languages: readonly string[]): Promise<Found<WireVoice>> {
    const isFree = (voice: WireVoice) => !refused.has(voice.voice_id);
    for (const language of languages) {
      const found = await voices.find((voice) => isFree(voice) && speaks(voice.language ?? "", language));
      if (found.status !== "none") return found;
    }
    return voices.find((voice) => isFree(voice) && speaksAny(voice.language));
  }

  return {
    choose: (plan: GenerationPlan): Promise<PresenterChoice> =>
      plan.mode === "photo" ? choosePhoto(plan.text) : chooseAvatar(engineOf(plan.model), plan.text),

    /** The vendor does not take this look or voice: the next start has another one. */
    learn(presenter: Presenter, { code, providerCode = "" }: Failure): void {
      if (code !== "catalogue_outdated") return;
      if (providerCode.startsWith("voice_") && presenter.voiceId !== undefined) {
        refused.add(presenter.voiceId);
      } else if (/^(?:avatar|voice|unlimited)_/.test(providerCode) && presenter.type === "avatar") {
        refused.add(presenter.avatarId);
      }
    },
  };
}

/** A look without a preview is not ready and fails silently (vendor's skills repository, 2026). */
function isUsable(look: WireLook, engine: string, voiceId: string | undefined): boolean {
  if (!look.preview_image_url) return false;
  if (voiceId === undefined && look.default_voice_id === null) return false;
  return look.supported_api_engines?.includes(engine) ?? true;
}

function suits({ language }: WireVoice, languages: readonly string[]): boolean {
  return speaksAny(language) || languages.some((name) => speaks(language ?? "", name));
}

function chosen(presenter: Presenter): PresenterChoice {
  return { status: "chosen", presenter };
}

function noVoice(script: string): PresenterChoice {
  const [language = "the language of the script"] = languagesOf(script);
  return nothingUsable(
    "no_voice_for_language",
    `no public voice speaks ${language}: set HEYGEN_VOICE_ID to one that does`,
  );
}

/** Nothing was sent, and asking again will not help: another model may take over. */
function nothingUsable(providerCode: string, detail: string): PresenterChoice {
  return { status: "refused", failure: { code: "unknown", providerCode, detail } };
}
