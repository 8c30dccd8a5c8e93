import { sha256 } from "../../domain/hash.js";
import type { ProviderModel } from "../../domain/provider/model.js";
import type { VideoProvider } from "../../domain/provider/provider.js";
import type { HttpClient } from "./http.js";

/** How a vendor introduces itself: one line of the catalogue in `providers/index.ts`. */
export interface Vendor {
  readonly id: string;
  readonly label: string;
  /** Name of the secret that holds its key. A vendor without a key is left out. */
  readonly keyName: string;
  readonly baseUrlName: string;
  readonly defaultBaseUrl: string;
  /** Further settings of this vendor by parameter name. */
  readonly settings: Readonly<Record<string, VendorSetting>>;
  /** Name of the secret that holds what it signs webhooks with; absent when it signs none. */
  readonly webhookSecretName?: string;
  readonly models: readonly ProviderModel[];
  /**
   * What this vendor is especially good at, by `mode:…`, `strategy:…` or `style:…`: 0 avoids, 0.5 is
   * neutral, 1 prefers. A policy may say otherwise.
   */
  readonly affinities?: Readonly<Record<string, number>>;
  create(config: VendorConfig): VideoProvider;
}

export interface VendorSetting {
  readonly default: string;
  readonly meaning: string;
}

export interface VendorConfig {
  readonly apiKey: string;
  /** Without a trailing slash. */
  readonly baseUrl: string;
  /** A value for every name in the vendor's `settings`. */
  readonly settings: Readonly<Record<string, string>>;
  readonly http: HttpClient;
  now(): number;
}

/** Tells two keys apart without telling anything of either. */
export function credentialIdOf(vendor: string, apiKey: string): string {
  return sha256(`credential:${vendor}:${apiKey}`).slice(0, 8);
}
