import type { Durations, ProviderModel, TextLimit } from "../../domain/provider/model.js";
import { type Resolution, size } from "../../domain/provider/resolution.js";
import { gen4ImageSizes, hdSizes, seedance2, veo31 } from "../shared/families.js";

const types = "@runwayml/sdk 4.20.1 resources/*.d.ts";
const prices = "docs.dev.runwayml.com/guides/pricing";

/** 1 credit = $0.01 (pricing page, 2026-09-26). */
export const usdMicrosPerCredit = 10_000;

function credits(count: number, when: { resolution?: Resolution; audio?: boolean } = {}) {
  return { ...when, usdMicros: count * usdMicrosPerCredit };
}

const prompt: TextLimit = { max: 1_000, unit: "utf16" };
const longPrompt: TextLimit = { max: 3_500, unit: "utf16" };

const twoToTen: Durations = { type: "range", minSeconds: 2, maxSeconds: 10, stepSeconds: 1 };

const seedanceSizes = [
  ...seedance2.sizes,
  size("16:9", "4k", 3840, 2160),
  size("9:16", "4k", 2160, 3840),
  size("1:1", "4k", 3840, 3840),
  size("4:3", "4k", 3840, 2880),
  size("3:4", "4k", 2880, 3840),
  size("21:9", "4k", 3840, 1646),
];
/** Only the sizes whose price class is plain; the vendor accepts further ones. */
const stillSizes = [
  size("16:9", "720p", 1280, 720),
  size("9:16", "720p", 720, 1280),
  size("1:1", "720p", 720, 720),
  size("4:3", "720p", 960, 720),
  size("3:4", "720p", 720, 960),
  size("21:9", "720p", 1680, 720),
  size("16:9", "1080p", 1920, 1080),
  size("9:16", "1080p", 1080, 1920),
  size("1:1", "1080p", 1080, 1080),
  size("4:3", "1080p", 1440, 1080),
  size("3:4", "1080p", 1080, 1440),
  size("21:9", "1080p", 2112, 912),
];

const veo = { ...veo31, textLimit: prompt } as const;
const veoModes = {
  text: { ...veo, negativePrompt: true, seed: true },
  image: { ...veo, negativePrompt: true, seed: true },
  frames: { ...veo, negativePrompt: true, seed: true },
} as const;

const seedance = { ...seedance2, sizes: seedanceSizes, textLimit: longPrompt, seed: true } as const;

const still = {
  sizes: stillSizes,
  durations: { type: "none" },
  audio: "none",
  textLimit: prompt,
  seed: true,
} as const;

/**
 * What the vendor serves, one row per model. Latency is not published: `typicalSeconds` are our
 * own estimates. No row states a concurrency, because the vendor queues (THROTTLED).
 */
export const models = [
  {
    id: "runway:gen4.5",
    provider: "runway",
    name: "gen4.5",
    label: "Runway Gen-4.5",
    medium: "video",
    modes: {
      text: {
        sizes: hdSizes,
        durations: twoToTen,
        audio: "none",
        textLimit: prompt,
        seed: true,
      },
      image: {
        sizes: gen4ImageSizes,
        durations: twoToTen,
        audio: "none",
        textLimit: prompt,
        seed: true,
      },
    },
    quality: "standard",
    price: { unit: "second", rates: [credits(12)] },
    typicalSeconds: { p50: 120, p90: 180 },
    source: `${types}; ${prices}`,
    readOn: "2026-09-26",
  },
  {
    id: "runway:gen4_turbo",
    provider: "runway",
    name: "gen4_turbo",
    label: "Runway Gen-4 Turbo",
    medium: "video",
    modes: {
      // The type says only `number`; 2-10 is the documentation's.
      image: { sizes: gen4ImageSizes, durations: twoToTen, audio: "none", textLimit: prompt, seed: true },
    },
    quality: "draft",
    price: { unit: "second", rates: [credits(5)] },
    typicalSeconds: { p50: 45, p90: 60 },
    source: `${types}; ${prices}`,
    readOn: "2026-09-26",
  },
  {
    id: "runway:veo3.1",
    provider: "runway",
    name: "veo3.1",
    label: "Veo 3.1 on Runway",
    medium: "video",
    modes: veoModes,
    quality: "premium",
    price: { unit: "second", rates: [credits(40, { audio: true }), credits(20, { audio: false })] },
    typicalSeconds: { p50: 150, p90: 240 },
    source: `${types}; ${prices}`,
    readOn: "2026-09-26",
  },
  {
    id: "runway:veo3.1_fast",
    provider: "runway",
    name: "veo3.1_fast",
    label: "Veo 3.1 Fast on Runway",
    medium: "video",
    modes: veoModes,
    quality: "standard",
    price: { unit: "second", rates: [credits(15, { audio: true }), credits(10, { audio: false })] },
    typicalSeconds: { p50: 90, p90: 180 },
    source: `${types}; ${prices}`,
    readOn: "2026-09-26",
  },
  {
    id: "runway:seedance2",
    provider: "runway",
    name: "seedance2",
    label: "Seedance 2.0 on Runway",
    medium: "video",
    modes: { text: seedance, image: seedance, frames: seedance },
    quality: "premium",
    price: {
      unit: "second",
      rates: [
        credits(36, { resolution: "480p" }),
        credits(36, { resolution: "720p" }),
        credits(40, { resolution: "1080p" }),
        credits(150, { resolution: "4k" }),
      ],
    },
    typicalSeconds: { p50: 180, p90: 300 },
    source: `${types}; ${prices} (4-15 s and the rates by size: public copies of that page)`,
    readOn: "2026-09-03",
  },
  {
    id: "runway:gwm1_avatars",
    provider: "runway",
    name: "gwm1_avatars",
    label: "Runway Avatars",
    medium: "video",
    modes: {
      avatar: {
        // No size can be asked for. A finished file was 1088x704 at 24 fps (third party, 2026-09-25).
        sizes: [size("16:9", "720p", 1088, 704)],
        // The text limit binds: 1,000 characters are about 67 spoken seconds.
        durations: { type: "script", maxSeconds: 70 },
        audio: "always",
        // Public copies of the API reference say 1,000 or 3,000; the smaller is safe with both.
        textLimit: prompt,
      },
    },
    quality: "standard",
    // Only live sessions have a published price: 2 credits, and 2 more per begun 6 seconds, which
    // is at most 4 a second for the shortest clip; speech adds at most 1 (50 characters a credit).
    // The one finished clip on record (6.7 s, 2026-09-25) cost 2 credits in all.
    price: { unit: "unknown", upperBoundUsdMicrosPerSecond: 5 * usdMicrosPerCredit },
    typicalSeconds: { p50: 90, p90: 150 },
    source: `${types}; ${prices} (live sessions only)`,
    readOn: "2026-09-25",
  },
  {
    id: "runway:gen4_image",
    provider: "runway",
    name: "gen4_image",
    label: "Runway Gen-4 Image",
    medium: "image",
    modes: { still: { ...still, references: { min: 0, max: 3 } } },
    quality: "standard",
    price: {
      unit: "output",
      rates: [credits(5, { resolution: "720p" }), credits(8, { resolution: "1080p" })],
    },
    typicalSeconds: { p50: 20, p90: 40 },
    source: `${types}; ${prices}`,
    readOn: "2026-09-26",
  },
  {
    id: "runway:gen4_image_turbo",
    provider: "runway",
    name: "gen4_image_turbo",
    label: "Runway Gen-4 Image Turbo",
    medium: "image",
    modes: { still: { ...still, references: { min: 1, max: 3 } } },
    quality: "draft",
    price: { unit: "output", rates: [credits(2)] },
    typicalSeconds: { p50: 10, p90: 20 },
    source: `${types}; ${prices}`,
    readOn: "2026-09-26",
  },
] as const satisfies readonly ProviderModel[];

/** The fields of a body that hold what the caller wrote; a refusal of any other one is a refusal of these rows. */
export const callersFields = new Set<string>([
  "promptText",
  "promptImage",
  "uri",
  "tag",
  "negativePrompt",
  "seed",
  "text",
]);
