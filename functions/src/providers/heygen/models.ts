import { type UsdMicros, usdToMicros } from "../../domain/money.js";
import type { Durations, Mode, Price, ProviderModel, TextLimit } from "../../domain/provider/model.js";
import { size } from "../../domain/provider/resolution.js";

const priceList = "HeyGen API pricing and help centre";
const readOn = "2026-11-21";

/**
 * `aspect_ratio` × `resolution` of POST /v3/videos. The pixels of the square are inferred from
 * "short edge anchored to the resolution". 4k is in the schema, but was reported suspended in
 * September 2026, so it is not offered.
 */
const sizes = [
  size("16:9", "720p", 1280, 720),
  size("9:16", "720p", 720, 1280),
  size("1:1", "720p", 720, 720),
  size("16:9", "1080p", 1920, 1080),
  size("9:16", "1080p", 1080, 1920),
  size("1:1", "1080p", 1080, 1080),
] as const;

/** "5,000 characters" without a unit: UTF-16 counts the most, so it is on the safe side. */
const textLimit: TextLimit = { max: 5_000, unit: "utf16" };

/** 5,000 characters at the slowest reported reading (174 % of 15 characters a second) are 580 s. */
const durations: Durations = { type: "script", maxSeconds: 600 };

const spoken: Mode = { sizes, durations, audio: "always", textLimit };

/** Billed by the length of the finished video; 720p and 1080p cost the same. */
function perSecond(usd: number): Price {
  const usdMicros: UsdMicros = usdToMicros(usd);
  return { unit: "second", rates: [{ usdMicros }] };
}

/** No engine has published times: "5 to 15 minutes, more than 20 at peak" is said of all of them. */
const typicalSeconds = { p50: 540, p90: 1_200 };

/** Pay-as-you-go: 10 jobs of the whole account, more answer 429. */
const concurrency = 10;

export const models = [
  {
    id: "heygen:avatar_iii",
    provider: "heygen",
    name: "avatar_iii",
    label: "HeyGen Avatar III",
    medium: "video",
    modes: { avatar: spoken },
    quality: "draft",
    price: perSecond(0.0167),
    typicalSeconds,
    concurrency,
    source: priceList,
    readOn,
  },
  {
    id: "heygen:avatar_iv",
    provider: "heygen",
    name: "avatar_iv",
    label: "HeyGen Avatar IV",
    medium: "video",
    modes: { avatar: spoken },
    quality: "standard",
    // The rate of twin and studio looks; a photo look costs less (0.05).
    price: perSecond(0.0667),
    typicalSeconds,
    concurrency,
    source: priceList,
    readOn,
  },
  {
    id: "heygen:avatar_v",
    provider: "heygen",
    name: "avatar_v",
    label: "HeyGen Avatar V",
    medium: "video",
    modes: { avatar: spoken },
    quality: "premium",
    price: perSecond(0.12),
    typicalSeconds,
    concurrency,
    source: priceList,
    readOn,
  },
  {
    id: "heygen:photo_avatar_iv",
    provider: "heygen",
    // `type: "image"` takes no engine: it is always Avatar IV.
    name: "photo_avatar_iv",
    label: "HeyGen Photo Avatar IV",
    medium: "video",
    modes: { photo: spoken },
    quality: "standard",
    price: perSecond(0.05),
    typicalSeconds,
    concurrency,
    source: priceList,
    readOn,
  },
] as const satisfies readonly ProviderModel[];
