import { RequestError } from "../../domain/errors.js";
import { everyProvider } from "../../domain/health/health.js";
import type { Deps } from "../deps.js";
import { audit } from "./audit.js";

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
  const known = deps.catalogue.providers;
  if (provider !== null && !known.includes(provider)) {
    throw new RequestError(
      "invalid_argument",
      `provider: unknown ${provider}; known are ${known.join(", ")}`,
      {
        field: "provider",
        known,
      },
    );
  }
  const target = provider ?? everyProvider;
  const before = (await deps.health.snapshot(0)).health.switches[target] ?? "on";
  // What was switched off by hand is not switched on by the end of a pause.
  if (before !== "off") await deps.health.setSwitch(target, paused ? "drain" : "on");
  await audit(deps, actor, paused ? "starts.paused" : "starts.resumed", target, { before });
  return readPauses(deps);
}

async function readPauses(deps: Deps): Promise<Pauses> {
  const { switches } = (await deps.health.snapshot()).health;
  const isPaused = (id: string) => (switches[id] ?? "on") !== "on";
  return { everywhere: isPaused(everyProvider), providers: deps.catalogue.providers.filter(isPaused) };
}
