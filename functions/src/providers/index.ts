import { type Catalogue, catalogueProblems } from "../domain/provider/catalogue.js";
import { heygen } from "./heygen/index.js";
import { runware } from "./runware/index.js";
import { runway } from "./runway/index.js";
import type { Vendor } from "./shared/vendor.js";

/** Every vendor there is, in the default order of preference. A new vendor is one more line. */
export const vendors: readonly Vendor[] = [heygen, runway, runware];

/**
 * The catalogue of some vendors. Those without a key stay listed, so that a caller is told why a
 * model cannot be had; `configured` keeps them from being chosen.
 */
export function buildCatalogue(listed: readonly Vendor[], configured: ReadonlySet<string>): Catalogue {
  const catalogue: Catalogue = {
    providers: listed.map((vendor) => vendor.id),
    labels: Object.fromEntries(listed.map((vendor) => [vendor.id, vendor.label])),
    entries: listed.flatMap((vendor, index) =>
      vendor.models.map((model) => ({
        model,
        configured: configured.has(vendor.id),
        priority: index + 1,
        affinities: vendor.affinities ?? {},
      })),
    ),
  };
  const problems = catalogueProblems(catalogue);
  if (problems.length > 0) throw new Error(`the catalogue is wrong: ${problems.join("; ")}`);
  return catalogue;
}
