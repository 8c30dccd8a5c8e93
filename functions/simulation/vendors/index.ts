import { seededRandom } from "../kit/chance.js";
import type { LocalClock } from "../kit/clock.js";
import { fileUrl, hostSimulator, type RenderFile, type SimulatorHost } from "../kit/vendor-host.js";
import { heygenSimulation } from "./heygen/simulator.js";
import { runwareSimulation } from "./runware/simulator.js";
import { runwaySimulation } from "./runway/simulator.js";
import { FaultPlan, type FaultSpec } from "./shared/faults.js";
import type { Simulator, VendorSimulation } from "./shared/simulator.js";

/** The simulated side of every vendor. */
export const simulations: readonly VendorSimulation[] = [
  heygenSimulation,
  runwaySimulation,
  runwareSimulation,
];

export interface RunningSimulation {
  readonly vendor: string;
  readonly host: SimulatorHost;
  readonly simulator: Simulator;
  readonly faults: FaultPlan;
}

/** Starts one vendor's simulator behind HTTP on a free loopback port. */
export async function startSimulation(
  simulation: VendorSimulation,
  options: {
    apiKey: string;
    clock: LocalClock;
    seed: number;
    faults: readonly FaultSpec[];
    render: RenderFile;
  },
): Promise<RunningSimulation> {
  const faults = new FaultPlan(options.faults.filter((fault) => fault.vendor === simulation.vendor));
  const random = seededRandom(options.seed);
  let simulator: Simulator | undefined;
  const host = await hostSimulator(
    (origin) => {
      simulator = simulation.create(
        {
          now: () => options.clock.now(),
          random,
          mishap: () => faults.takeMishap(),
          fileUrl: (file) => fileUrl(origin, file),
        },
        options.apiKey,
      );
      return simulator;
    },
    { render: options.render, faults, isStart: simulation.isStart },
  );
  if (simulator === undefined) throw new Error(`the ${simulation.vendor} simulator did not start`);
  return { vendor: simulation.vendor, host, simulator, faults };
}
