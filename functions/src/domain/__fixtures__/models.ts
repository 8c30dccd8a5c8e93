import type { Catalogue, CatalogueEntry } from "../provider/catalogue.js";
import type { Mode, ProviderModel } from "../provider/model.js";
import { size } from "../provider/resolution.js";

/** A mode of an invented vendor: five and eight seconds, wide and tall, sound on demand. */
export const textMode: Mode = {
  sizes: [
    size("16:9", "720p", 1280, 720),
    size("16:9", "1080p", 1920, 1080),
    size("9:16", "720p", 720, 1280),
  ],
  durations: { type: "discrete", seconds: [5, 8] },
  audio: "optional",
  textLimit: { max: 1_000, unit: "utf16" },
};

/** A model of an invented vendor. */
export function exampleModel(changes: Partial<ProviderModel> = {}): ProviderModel {
  const provider = changes.provider ?? "acme";
  const name = changes.name ?? "clip-1";
  return {
    id: `${provider}:${name}`,
    provider,
    name,
    label: "Acme Clip 1",
    medium: "video",
    modes: { text: textMode },
    quality: "standard",
    price: { unit: "second", rates: [{ usdMicros: 50_000 }] },
    typicalSeconds: { p50: 60, p90: 120 },
    source: "https://docs.example.test/models",
    readOn: "2026-11-21",
    ...changes,
  };
}

export function exampleCatalogue(
  models: readonly ProviderModel[],
  changes: Partial<CatalogueEntry> = {},
): Catalogue {
  const providers = [...new Set(models.map((model) => model.provider))];
  const entries = models.map((model) => ({
    model,
    configured: true,
    priority: providers.indexOf(model.provider) + 1,
    affinities: {},
    ...changes,
  }));
  return { entries, providers };
}
