import type { SimulatedRequest, Simulator, SimulatorWorld } from "./simulator.js";

/** The simulated side of a vendor. */
export interface VendorSimulation {
  readonly vendor: string;
  create(world: SimulatorWorld, apiKey: string): Simulator;
  /** Is this request one that the vendor would bill when it accepts it? */
  isStart(request: SimulatedRequest): boolean;
}
