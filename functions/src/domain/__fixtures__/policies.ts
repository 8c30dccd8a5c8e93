import { defaultPolicy, type Policy } from "../policy/policy.js";

/**
 * Two credits a second, no caps and no fees, so that a test need not know what models cost: for all that is
 * not about prices. A credit is worth so much that no candidate is too dear. Nor need it know what lengths
 * models make: who comes first does not depend on that.
 */
export const plainPrices: Policy = {
  ...defaultPolicy,
  profiles: { ...defaultPolicy.profiles, balanced: { ...defaultPolicy.profiles.balanced, fidelity: 0 } },
  credits: {
    perSecond: { draft: 1, standard: 2, premium: 4 },
    perImage: { draft: 1, standard: 2, premium: 4 },
    usdPerCredit: 100,
    marginFraction: 0,
    fallbackCostFactor: 1,
    templates: {},
    lowBalance: 0,
  },
  cancellation: { charge: "nothing", freeCancellationsPerUserPerDay: 1_000 },
  budgets: { user: { usd: null, credits: null }, providers: {}, installation: { usd: null } },
};
