import { heygenSimulation } from "../providers/heygen/simulator.js";
import { runwareSimulation } from "../providers/runware/simulator.js";
import { runwaySimulation } from "../providers/runway/simulator.js";
import { FaultPlan } from "../providers/shared/faults.js";
import { fileUrl, hostSimulator, } from "../providers/shared/simulator-host.js";
import { seededRandom } from "./seeded-random.js";
/** The simulated side of every vendor. */
export const simulations = [
    heygenSimulation,
    runwaySimulation,
    runwareSimulation,
];
/** Starts one vendor's simulator behind HTTP on a free loopback port. */
export async function startSimulation(simulation, options) {
    const faults = new FaultPlan(options.faults.filter((fault) => fault.vendor === simulation.vendor));
    const random = seededRandom(options.seed);
    let simulator;
    const host = await hostSimulator((origin) => {
        simulator = simulation.create({
            now: () => options.clock.now(),
            random,
            mishap: () => faults.takeMishap(),
            fileUrl: (file) => fileUrl(origin, file),
        }, options.apiKey);
        return simulator;
    }, { render: options.render, faults, isStart: simulation.isStart });
    if (simulator === undefined)
        throw new Error(`the ${simulation.vendor} simulator did not start`);
    return { vendor: simulation.vendor, host, simulator, faults };
}
//# sourceMappingURL=simulations.js.map