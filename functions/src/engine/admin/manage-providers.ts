import { type Budget, scopeName } from "../../domain/accounting/budget.js";
import { setIsolated } from "../../domain/health/circuit.js";
import { everyProvider, isPaused, type ProviderSwitch } from "../../domain/health/health.js";
import { type ProviderOverview, providerOverviews } from "../../domain/health/overview.js";
import { microsToUsd } from "../../domain/money.js";
import { checkKnown, knownIds } from "../../domain/provider/catalogue.js";
import { readSharedBudgets } from "../budgets.js";
import type { Deps } from "../deps.js";
import { audit } from "./audit.js";

export interface ProviderList {
  /** When accounts were last read and running jobs counted; 0 for never. */
  readonly checkedAt: number;
  readonly providers: readonly ProviderOverview[];
  /** Are new starts stopped everywhere? */
  readonly paused: boolean;
  /** What capped budgets have used today; those of users are not listed. */
  readonly budgets: readonly BudgetOverview[];
}

interface BudgetOverview {
  readonly scope: string;
  readonly day: string;
  readonly usedUsd: number;
  readonly limitUsd: number | null;
  readonly usedSeconds: number;
  readonly limitSeconds: number | null;
}

/** How every provider and model is doing, from what decisions go by. Asks no provider. */
export async function listProviders(deps: Deps): Promise<ProviderList> {
  const { policy, health } = await deps.snapshot();
  return {
    checkedAt: health.checkedAt,
    providers: providerOverviews(deps.catalogue, health, policy, deps.now()),
    paused: isPaused(health),
    budgets: (await readSharedBudgets(deps, policy)).map(toOverview),
  };
}

function toOverview({ scope, day, used, limit }: Budget): BudgetOverview {
  return {
    scope: scopeName(scope),
    day,
    usedUsd: microsToUsd(used.usdMicros),
    limitUsd: limit.usdMicros === null ? null : microsToUsd(limit.usdMicros),
    usedSeconds: used.seconds,
    limitSeconds: limit.seconds,
  };
}

/**
 * `off` and `drain` keep new jobs from a provider, a model or everybody (`*`); what runs there finishes
 * either way. Holds from the next decision on, in other instances when they read the snapshot again.
 */
export async function switchProvider(
  deps: Deps,
  actor: string,
  target: string,
  value: ProviderSwitch,
): Promise<void> {
  checkKnown("target", [target], [...knownIds(deps.catalogue), everyProvider]);
  const { health } = await deps.snapshot();
  await deps.health.setSwitch(target, value);
  await audit(deps, actor, `provider.${value}`, target, { before: health.switches[target] ?? "on" });
}

/** Holds a circuit open until it is released, or closes it with a clean record. */
export async function isolateProvider(
  deps: Deps,
  actor: string,
  target: string,
  isolated: boolean,
): Promise<void> {
  checkKnown("target", [target], knownIds(deps.catalogue));
  let before = "closed";
  await deps.health.changeCircuit(target, (circuit) => {
    before = circuit.state;
    return setIsolated(circuit, isolated, deps.now());
  });
  await audit(deps, actor, isolated ? "circuit.isolated" : "circuit.released", target, { before });
}

export interface Pauses {
  /** Are starts stopped at every provider? */
  readonly everywhere: boolean;
  readonly providers: readonly string[];
}

/**
 * The kill switch: no new paid start at a provider, or at any, from a few seconds on. What runs
 * goes on, and so does a start that was claimed before.
 */
export async function pauseStarts(
  deps: Deps,
  actor: string,
  provider: string | null,
  paused: boolean,
): Promise<Pauses> {
  if (provider !== null) checkKnown("provider", [provider], deps.catalogue.providers);
  const target = provider ?? everyProvider;
  const { switches } = (await deps.snapshot(0)).health;
  // What was switched off by hand is not switched on by the end of a pause.
  if (switches[target] !== "off") await switchProvider(deps, actor, target, paused ? "drain" : "on");
  return readPauses(deps);
}

async function readPauses(deps: Deps): Promise<Pauses> {
  const { switches } = (await deps.snapshot()).health;
  const isPaused = (id: string) => (switches[id] ?? "on") !== "on";
  return { everywhere: isPaused(everyProvider), providers: deps.catalogue.providers.filter(isPaused) };
}
