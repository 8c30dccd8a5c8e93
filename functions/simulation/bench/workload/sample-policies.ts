import { defaultPolicy, type Policy } from "../../../src/domain/policy/policy.js";
import type { Catalogue } from "../../../src/domain/provider/catalogue.js";

/** Versions that an installation could have published one after the other, the built-in one first. */
export function samplePolicies(catalogue: Catalogue): readonly [Policy, ...Policy[]] {
  const { providers } = catalogue;
  return [
    defaultPolicy,
    {
      ...defaultPolicy,
      version: 1,
      // The vendors' own order turned round.
      priorities: Object.fromEntries(providers.map((id, index) => [id, 3 * (providers.length - index) - 2])),
      affinities: {
        "style:professional": Object.fromEntries(providers.slice(0, 1).map((id) => [id, 0.9])),
        "mode:frames": Object.fromEntries(providers.slice(-1).map((id) => [id, 0.2])),
      },
    },
    {
      ...defaultPolicy,
      version: 2,
      profiles: { ...defaultPolicy.profiles, balanced: defaultPolicy.profiles.cheapest },
      tierProfiles: { free: "cheapest", premium: "fastest", enterprise: "best" },
      adjustments: { ...defaultPolicy.adjustments, resolutionStepsDown: 0, longerSeconds: 5 },
    },
  ];
}
