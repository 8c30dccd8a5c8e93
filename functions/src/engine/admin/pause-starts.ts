import { everyProvider } from "../../domain/health/health.js";
import { checkKnown } from "../../domain/provider/catalogue.js";
import type { Deps } from "../deps.js";
import { switchProvider } from "./manage-providers.js";

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
