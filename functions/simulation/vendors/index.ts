import { heygenSimulation } from "./heygen/simulator.js";
import { runwareSimulation } from "./runware/simulator.js";
import { runwaySimulation } from "./runway/simulator.js";
import type { VendorSimulation } from "./shared/simulator.js";

/** The simulated side of every vendor. */
export const simulations: readonly VendorSimulation[] = [
  heygenSimulation,
  runwaySimulation,
  runwareSimulation,
];

export function simulationOf(vendorId: string): VendorSimulation {
  const simulation = simulations.find(({ vendor }) => vendor === vendorId);
  if (simulation === undefined) throw new Error(`no simulation of ${vendorId}`);
  return simulation;
}
