import { closedCircuit, recordFailure } from "../domain/circuit.js";
import { reasonOf } from "./deliver.js";
/**
 * Reads every provider's account: free, and never generates. Trouble with key or balance opens the
 * provider's circuit at once; a probe that could not find out says nothing about real traffic.
 */
export async function checkHealth(deps) {
    const results = await Promise.all([...deps.providers.values()].map(async (provider) => ({ provider, result: await probe(deps, provider) })));
    const balances = {};
    for (const { provider, result } of results) {
        if (result?.status === "ok" && result.balanceUsdMicros !== undefined) {
            balances[provider.id] = result.balanceUsdMicros;
        }
        if (result?.status === "failed")
            await openCircuit(deps, provider.id, result);
    }
    await deps.health.setProbes(balances, await countRunning(deps));
    return results.map(({ provider, result }) => ({
        provider: provider.id,
        status: result?.status ?? "unreachable",
        balanceUsd: balances[provider.id] === undefined ? null : (balances[provider.id] ?? 0) / 1_000_000,
    }));
}
async function probe(deps, provider) {
    try {
        return await provider.probe();
    }
    catch (error) {
        deps.log.warn("provider.probe_missed", { provider: provider.id, reason: reasonOf(error) });
        return null;
    }
}
async function openCircuit(deps, provider, result) {
    const { policy } = await deps.health.snapshot();
    const { code } = result.failure;
    deps.log.error("provider.account_trouble", { provider, code });
    await deps.health.changeCircuit(provider, (circuit) => recordFailure(circuit ?? closedCircuit, code, deps.now(), policy.breaker));
}
async function countRunning(deps) {
    const running = {};
    for (const job of await deps.jobs.listOpen({ status: "generating", limit: 1_000 })) {
        for (const attempt of job.attempts) {
            if (attempt.state === "running")
                running[attempt.model] = (running[attempt.model] ?? 0) + 1;
        }
    }
    return running;
}
//# sourceMappingURL=check-health.js.map