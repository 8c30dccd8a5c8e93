import type { LocalClock } from "../../kit/clock.js";
import { startSimulation } from "../../kit/vendor-host.js";
import type { VendorSimulation } from "../../vendors/shared/simulator.js";

/**
 * `lost`: every start is taken, and its answer never arrives. `busy`: every start is taken and then
 * shed with a 503, the worst that a vendor's gateway can do with one.
 */
export type Trouble = "lost" | "busy";

export interface StartCount {
  /** Generations that the server bills, after its own de-duplication. */
  readonly paid: number;
  /** Start requests that reached it. */
  readonly posts: number;
}

export interface TroubledServer {
  readonly origin: string;
  readonly apiKey: string;
  /** Throws when nothing was billed: then the starts were wrong, and say nothing about the trouble. */
  count(): StartCount;
  close(): Promise<void>;
}

const apiKey = "bench-key";

/** A vendor's simulator behind real HTTP that answers every read, and no start. */
export async function startTroubledServer(
  simulation: VendorSimulation,
  trouble: Trouble,
  { clock, seed }: { readonly clock: LocalClock; readonly seed: number },
): Promise<TroubledServer> {
  const { vendor } = simulation;
  let posts = 0;
  const counting: VendorSimulation = {
    ...simulation,
    create(world, key) {
      const simulator = simulation.create(world, key);
      return {
        ...simulator,
        handle(request) {
          const response = simulator.handle(request);
          if (!simulation.isStart(request)) return response;
          posts += 1;
          return trouble === "busy" ? { status: 503 } : response;
        },
      };
    },
  };
  const { host, simulator } = await startSimulation(counting, {
    apiKey,
    clock,
    seed,
    faults: trouble === "lost" ? [{ vendor, fault: "lost" }] : [],
    render: async () => null,
  });
  return {
    origin: host.origin,
    apiKey,
    count() {
      const paid = simulator.paidStarts().length;
      if (paid === 0) throw new Error(`${vendor} took none of ${posts} starts`);
      return { paid, posts };
    },
    close: () => host.close(),
  };
}
