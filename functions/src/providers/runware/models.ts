import type { Mode, ProviderModel } from "../../domain/provider/model.js";
import { size } from "../../domain/provider/resolution.js";
import { fullHdSizes, gen4ImageSizes, hdSizes, seedance2, veo31 } from "../shared/families.js";

/**
 * The vendor counts characters and does not say of what kind. UTF-16 units are the strictest
 * reading: a text that fits in them fits in code points as well.
 */
const prompt3000 = { textLimit: { max: 3_000, unit: "utf16" }, textMin: 2 } as const;
const prompt2048 = { textLimit: { max: 2_048, unit: "utf16" }, textMin: 2 } as const;
const prompt1000 = { textLimit: { max: 1_000, unit: "utf16" }, textMin: 2 } as const;

const veo: Mode = { ...veo31, ...prompt3000 };
const veoFast: Mode = { ...veo, durations: { type: "discrete", seconds: [4, 6, 7, 8] } };

const kling: Omit<Mode, "sizes"> = {
  durations: { type: "range", minSeconds: 3, maxSeconds: 15, stepSeconds: 1 },
  audio: "optional",
  ...prompt2048,
};
const klingStandard: Mode = { ...kling, sizes: hdSizes };
// With frames no size is sent: the picture decides it. The square of text-to-video is left out
// of the standard tier because two readings of it disagree (720 and 960 pixels).
const klingStandardFrames: Mode = { ...kling, sizes: [...hdSizes, size("1:1", "720p", 960, 960)] };
const klingPro: Mode = { ...kling, sizes: [...fullHdSizes, size("1:1", "1080p", 1440, 1440)] };

const pixverse: Mode = {
  // 360p and 540p exist as well; neither is a resolution that callers can ask for.
  sizes: [
    ...hdSizes,
    size("1:1", "720p", 720, 720),
    size("4:3", "720p", 960, 720),
    size("3:4", "720p", 720, 960),
    ...fullHdSizes,
    size("1:1", "1080p", 1080, 1080),
    size("4:3", "1080p", 1440, 1080),
    size("3:4", "1080p", 1080, 1440),
  ],
  durations: { type: "discrete", seconds: [5, 8] },
  audio: "none",
  negativePrompt: true,
  ...prompt2048,
};

const seedanceOne: Mode = {
  sizes: [
    size("16:9", "480p", 864, 480),
    size("9:16", "480p", 480, 864),
    size("1:1", "480p", 640, 640),
    size("4:3", "480p", 736, 544),
    size("3:4", "480p", 544, 736),
    size("21:9", "480p", 960, 416),
    size("16:9", "1080p", 1920, 1088),
    size("9:16", "1080p", 1088, 1920),
    size("1:1", "1080p", 1440, 1440),
    size("4:3", "1080p", 1664, 1248),
    size("3:4", "1080p", 1248, 1664),
    size("21:9", "1080p", 2176, 928),
  ],
  // Readings of the length differ (5 and 10, or anything to 12); these two are in all of them.
  durations: { type: "discrete", seconds: [5, 10] },
  audio: "none",
  ...prompt3000,
};

const seedanceTwo: Mode = { ...seedance2, ...prompt3000 };

/** Asked without width and height, the model takes its shape from the picture. */
function fromPicture(mode: Mode): Mode {
  return { ...mode, shapeFromPicture: true };
}

const sora: Mode = {
  sizes: hdSizes,
  durations: { type: "discrete", seconds: [4, 8, 12] },
  audio: "always",
  ...prompt2048,
};

const flux: Mode = {
  // Open models take any multiple of 64; these have about one megapixel or less, as priced.
  sizes: [
    size("16:9", "720p", 1344, 768),
    size("9:16", "720p", 768, 1344),
    size("1:1", "720p", 1024, 1024),
    size("4:3", "720p", 1024, 768),
    size("3:4", "720p", 768, 1024),
    size("21:9", "720p", 1344, 576),
  ],
  durations: { type: "none" },
  audio: "none",
  seed: true,
  ...prompt3000,
};

const nanoBanana: Mode = {
  // The sizes of the 1K tier, which the price below is for.
  sizes: [
    size("16:9", "720p", 1376, 768),
    size("9:16", "720p", 768, 1376),
    size("1:1", "720p", 1024, 1024),
    size("4:3", "720p", 1200, 896),
    size("3:4", "720p", 896, 1200),
    size("21:9", "720p", 1584, 672),
  ],
  durations: { type: "none" },
  audio: "none",
  references: { min: 0, max: 14 },
  ...prompt3000,
};

/** "Minutes (1–3 typical, about 10 at peak)": no model publishes its own distribution. */
const minutes = { p50: 110, p90: 240 };

const pages = { source: "https://runware.ai/docs/models", readOn: "2026-09-24" };

/** What the vendor serves for us. Its ids are kept in its own spelling behind our prefix. */
export const models = [
  {
    id: "runware:google:3@2",
    provider: "runware",
    name: "google:3@2",
    label: "Veo 3.1",
    medium: "video",
    modes: { text: veo, image: veo, frames: veo },
    quality: "premium",
    // Read from billed results (8 s silent cost 1.6 USD), not from a price page.
    price: {
      unit: "second",
      rates: [
        { audio: false, usdMicros: 200_000 },
        { audio: true, usdMicros: 400_000 },
      ],
    },
    typicalSeconds: { p50: 104, p90: 200 },
    ...pages,
  },
  {
    id: "runware:google:3@3",
    provider: "runware",
    name: "google:3@3",
    label: "Veo 3.1 Fast",
    medium: "video",
    modes: { text: veoFast, image: veoFast, frames: veoFast },
    quality: "standard",
    price: {
      unit: "second",
      rates: [
        { audio: false, usdMicros: 100_000 },
        { audio: true, usdMicros: 150_000 },
      ],
    },
    typicalSeconds: { p50: 90, p90: 200 },
    ...pages,
  },
  {
    id: "runware:google:veo@3.1-lite",
    provider: "runware",
    name: "google:veo@3.1-lite",
    label: "Veo 3.1 Lite",
    medium: "video",
    modes: { text: veo, image: veo, frames: fromPicture(veo) },
    quality: "draft",
    price: {
      unit: "second",
      rates: [
        { resolution: "720p", audio: false, usdMicros: 30_000 },
        { resolution: "720p", audio: true, usdMicros: 50_000 },
        { resolution: "1080p", audio: false, usdMicros: 50_000 },
        { resolution: "1080p", audio: true, usdMicros: 80_000 },
      ],
    },
    typicalSeconds: minutes,
    ...pages,
  },
  {
    id: "runware:klingai:kling-video@3-standard",
    provider: "runware",
    name: "klingai:kling-video@3-standard",
    label: "Kling 3 Standard",
    medium: "video",
    modes: {
      text: klingStandard,
      image: fromPicture(klingStandardFrames),
      frames: fromPicture(klingStandardFrames),
    },
    quality: "standard",
    price: {
      unit: "second",
      rates: [
        { audio: false, usdMicros: 84_000 },
        { audio: true, usdMicros: 126_000 },
      ],
    },
    typicalSeconds: minutes,
    ...pages,
  },
  {
    id: "runware:klingai:kling-video@3-pro",
    provider: "runware",
    name: "klingai:kling-video@3-pro",
    label: "Kling 3 Pro",
    medium: "video",
    modes: { text: klingPro, image: fromPicture(klingPro), frames: fromPicture(klingPro) },
    quality: "premium",
    price: {
      unit: "second",
      rates: [
        { audio: false, usdMicros: 112_000 },
        { audio: true, usdMicros: 168_000 },
      ],
    },
    typicalSeconds: minutes,
    ...pages,
  },
  {
    id: "runware:pixverse:1@3",
    provider: "runware",
    name: "pixverse:1@3",
    label: "PixVerse 4.5",
    medium: "video",
    modes: { text: pixverse, image: pixverse, frames: pixverse },
    quality: "draft",
    // About 0.29 USD was billed for a silent 720p clip of 5 s. A longer clip is taken to cost
    // more in proportion; 1080p was never seen and therefore has no rate.
    price: {
      unit: "second",
      rates: [{ resolution: "720p", audio: false, usdMicros: 58_000 }],
      minimumUsdMicros: 290_000,
    },
    typicalSeconds: minutes,
    source: "https://runware.ai/docs/en/providers/pixverse",
    readOn: "2026-11-21",
  },
  {
    id: "runware:pixverse:1@5",
    provider: "runware",
    name: "pixverse:1@5",
    label: "PixVerse 5",
    medium: "video",
    modes: { text: pixverse, image: pixverse, frames: pixverse },
    quality: "draft",
    price: { unit: "unknown" },
    typicalSeconds: minutes,
    source: "https://runware.ai/docs/en/providers/pixverse",
    readOn: "2026-11-21",
  },
  {
    id: "runware:pixverse:1@8",
    provider: "runware",
    name: "pixverse:1@8",
    label: "PixVerse 6",
    medium: "video",
    // Takes anchor frames too, but how a size is told next to them was not published.
    modes: { text: pixverse },
    quality: "standard",
    price: { unit: "unknown" },
    typicalSeconds: minutes,
    ...pages,
  },
  {
    id: "runware:bytedance:2@1",
    provider: "runware",
    name: "bytedance:2@1",
    label: "Seedance 1 Pro",
    medium: "video",
    modes: { text: seedanceOne, image: seedanceOne, frames: seedanceOne },
    quality: "standard",
    price: { unit: "unknown" },
    typicalSeconds: minutes,
    ...pages,
  },
  {
    id: "runware:bytedance:seedance@2.0",
    provider: "runware",
    name: "bytedance:seedance@2.0",
    label: "Seedance 2.0",
    medium: "video",
    modes: { text: seedanceTwo, image: fromPicture(seedanceTwo), frames: fromPicture(seedanceTwo) },
    quality: "premium",
    price: {
      unit: "second",
      rates: [
        { resolution: "480p", usdMicros: 70_000 },
        { resolution: "720p", usdMicros: 160_000 },
        { resolution: "1080p", usdMicros: 400_000 },
      ],
    },
    typicalSeconds: minutes,
    ...pages,
  },
  {
    id: "runware:openai:3@1",
    provider: "runware",
    name: "openai:3@1",
    label: "Sora 2",
    medium: "video",
    modes: { text: sora, image: sora },
    quality: "premium",
    price: { unit: "unknown" },
    typicalSeconds: minutes,
    // Its maker closed the API that the vendor resold.
    availableUntil: "2026-09-24",
    source: "https://github.com/calesthio/OpenMontage/pull/567",
    readOn: "2026-11-21",
  },
  {
    id: "runware:runway:1@1",
    provider: "runware",
    name: "runway:1@1",
    label: "Gen-4 Turbo, resold",
    medium: "video",
    modes: {
      image: {
        shapeFromPicture: true,
        sizes: gen4ImageSizes,
        durations: { type: "discrete", seconds: [5, 10] },
        audio: "none",
        ...prompt1000,
      },
    },
    quality: "draft",
    // Not published. Its dearer sibling is resold at 0.12 USD a second, so it costs no more.
    price: { unit: "unknown", upperBoundUsdMicrosPerSecond: 120_000 },
    typicalSeconds: { p50: 60, p90: 150 },
    ...pages,
  },
  {
    id: "runware:runway:1@2",
    provider: "runware",
    name: "runway:1@2",
    label: "Gen-4.5, resold",
    medium: "video",
    modes: {
      text: {
        sizes: hdSizes,
        durations: { type: "discrete", seconds: [5, 8, 10] },
        audio: "none",
        ...prompt1000,
      },
      image: {
        sizes: gen4ImageSizes,
        durations: { type: "discrete", seconds: [5, 8, 10] },
        audio: "none",
        ...prompt1000,
      },
    },
    quality: "standard",
    price: { unit: "second", rates: [{ usdMicros: 120_000 }] },
    typicalSeconds: { p50: 150, p90: 300 },
    ...pages,
  },
  {
    id: "runware:heygen:avatar@4",
    provider: "runware",
    name: "heygen:avatar@4",
    label: "Avatar IV, resold",
    medium: "video",
    // Listed, never chosen: it is published with an image and an audio file, and no field for a
    // script is confirmed. A guess would be refused, or worse, billed without speech.
    modes: {},
    quality: "premium",
    price: { unit: "unknown" },
    typicalSeconds: minutes,
    source: "https://runware.ai/docs/models/heygen-avatar-iv",
    readOn: "2026-11-21",
  },
  {
    id: "runware:heygen:avatar@5",
    provider: "runware",
    name: "heygen:avatar@5",
    label: "Avatar V, resold",
    medium: "video",
    // As above.
    modes: {},
    quality: "premium",
    price: { unit: "unknown" },
    typicalSeconds: minutes,
    ...pages,
  },
  {
    id: "runware:runware:101@1",
    provider: "runware",
    name: "runware:101@1",
    label: "FLUX.1 dev",
    medium: "image",
    modes: { still: flux },
    quality: "draft",
    price: { unit: "output", rates: [{ usdMicros: 1_300 }] },
    typicalSeconds: { p50: 11, p90: 24 },
    ...pages,
  },
  {
    id: "runware:google:4@3",
    provider: "runware",
    name: "google:4@3",
    label: "Nano Banana 2",
    medium: "image",
    modes: { still: nanoBanana },
    quality: "standard",
    price: { unit: "output", rates: [{ usdMicros: 69_000 }] },
    typicalSeconds: { p50: 11, p90: 29 },
    ...pages,
  },
] as const satisfies readonly ProviderModel[];

/** The fields of a body that hold what the caller wrote; a refusal of any other one is a refusal of these rows. */
export const callersFields = new Set<string>([
  "positivePrompt",
  "negativePrompt",
  "prompt",
  "seed",
  "text",
  "image",
  "images",
  "frameImages",
  "inputImage",
  "referenceImages",
  "seedImage",
]);
