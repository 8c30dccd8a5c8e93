import type { ProviderModel } from "./model.js";

/** All models of all vendors, with what their vendors say of themselves. Built once at start. */
export interface Catalogue {
  readonly entries: readonly CatalogueEntry[];
  /** Providers in the order in which their vendors are listed. */
  readonly providers: readonly string[];
}

export interface CatalogueEntry {
  readonly model: ProviderModel;
  /** Has its vendor a key here? */
  readonly configured: boolean;
  /** The vendor's place in the default order, 1 first. */
  readonly priority: number;
  readonly affinities: Readonly<Record<string, number>>;
}

export function findModel(catalogue: Catalogue, id: string): ProviderModel | undefined {
  return catalogue.entries.find((entry) => entry.model.id === id)?.model;
}

/** Ids that a caller may name in `providers`, for the message when one is wrong. */
export function knownIds(catalogue: Catalogue): readonly string[] {
  return [...catalogue.providers, ...catalogue.entries.map((entry) => entry.model.id)];
}
