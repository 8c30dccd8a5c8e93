/** An account with auto-reload never runs dry by itself; `no-credits` empties it for one start. */
const wallet = { firstUsd: 1_000, thresholdUsd: 10, reloadUsd: 1_000 };

/** The answer to GET /v3/users/me after so much was billed. */
export function describeAccount(billedUsd: number) {
  const overdrawnUsd = Math.max(0, billedUsd + wallet.thresholdUsd - wallet.firstUsd);
  const reloadedUsd = Math.ceil(overdrawnUsd / wallet.reloadUsd) * wallet.reloadUsd;
  return {
    username: "simulated",
    email: "simulated@example.test",
    first_name: null,
    last_name: null,
    billing_type: "wallet",
    wallet: {
      currency: "usd",
      remaining_balance: Math.round((wallet.firstUsd + reloadedUsd - billedUsd) * 100) / 100,
      auto_reload: { enabled: true, threshold_usd: wallet.thresholdUsd, amount_usd: wallet.reloadUsd },
    },
    subscription: null,
    usage_based: null,
  };
}
