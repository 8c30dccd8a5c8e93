import { parentPort } from "node:worker_threads";
import { type CrashOptions, type CrashReport, type Scenario, tryCrashPoints } from "./crash-points.js";
import { runSeed, type SeedResult } from "./run-seed.js";

/** What a thread is asked to do. */
export type ChaosOrder =
  | { readonly type: "seed"; readonly seed: number }
  | { readonly type: "crashes"; readonly scenario: Scenario; readonly options: CrashOptions };

export type ChaosReply =
  | { readonly type: "seed"; readonly result: SeedResult }
  | { readonly type: "crashes"; readonly result: CrashReport };

// Injected errors are frequent, and nobody reads their stack traces.
Error.stackTraceLimit = 0;

async function carryOut(order: ChaosOrder): Promise<ChaosReply> {
  switch (order.type) {
    case "seed":
      return { type: "seed", result: await runSeed(order.seed) };
    case "crashes":
      return { type: "crashes", result: await tryCrashPoints(order.scenario, order.options) };
  }
}

parentPort?.on("message", (order: ChaosOrder) => {
  void carryOut(order).then((reply) => parentPort?.postMessage(reply));
});
