import { reasonOf } from "../../domain/errors.js";
import { recordFailure } from "../../domain/health/circuit.js";
import { microsToUsd, type UsdMicros } from "../../domain/money.js";
import type { ProbeResult, VideoProvider } from "../../domain/provider/provider.js";
import type { Deps } from "../deps.js";

export interface HealthReport {
  readonly provider: string;
  readonly status: ProbeResult["status"] | "unreachable";
  readonly balanceUsd: number | null;
}

/**
 * Reads every provider's account: free, and never generates. Trouble with key or balance opens the
 * provider's circuit at once; a probe that could not find out says nothing about real traffic.
 */
export async function checkHealth(deps: Deps): Promise<HealthReport[]> {
  const results = await Promise.all(
    [...deps.providers.values()].map(async (provider) => ({ provider, result: await probe(deps, provider) })),
  );
  const balances: Record<string, UsdMicros> = {};
  for (const { provider, result } of results) {
    if (result?.status === "ok" && result.balanceUsdMicros !== undefined) {
      balances[provider.id] = result.balanceUsdMicros;
    }
    if (result?.status === "failed") await openCircuit(deps, provider.id, result);
  }
  await deps.health.setProbes(balances, await countRunning(deps));
  return results.map(({ provider, result }) => {
    const balance = balances[provider.id];
    return {
      provider: provider.id,
      status: result?.status ?? "unreachable",
      balanceUsd: balance === undefined ? null : microsToUsd(balance),
    };
  });
}

async function probe(deps: Deps, provider: VideoProvider): Promise<ProbeResult | null> {
  try {
    return await provider.probe();
  } catch (error) {
    deps.log.warn("provider.probe_missed", { provider: provider.id, reason: reasonOf(error) });
    return null;
  }
}

async function openCircuit(
  deps: Deps,
  provider: string,
  result: Extract<ProbeResult, { status: "failed" }>,
): Promise<void> {
  const { policy } = await deps.snapshot();
  const { code } = result.failure;
  deps.log.error("provider.account_trouble", { provider, code });
  await deps.health.changeCircuit(provider, (circuit) =>
    recordFailure(circuit, code, deps.now(), policy.breaker),
  );
}

async function countRunning(deps: Deps): Promise<Record<string, number>> {
  const running: Record<string, number> = {};
  for (const job of await deps.jobs.listOpen({ status: "generating", limit: 1_000 })) {
    for (const attempt of job.attempts) {
      if (attempt.state === "running") running[attempt.model] = (running[attempt.model] ?? 0) + 1;
    }
  }
  return running;
}
