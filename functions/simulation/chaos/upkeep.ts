import { checkHealth } from "../../src/engine/upkeep/check-health.js";
import { sweep } from "../../src/engine/upkeep/sweep.js";
import type { ChaosWorld } from "./world/world.js";

/** A sweep makes the calls of many: as mortal as a task, none would come to its end. */
const sweepLimits = { timeoutMs: 540_000, mortality: 0.1 };
const healthLimits = { timeoutMs: 60_000 };

export interface Periods {
  readonly sweepEveryMs: number;
  readonly healthEveryMs: number;
}

/** The schedules of an installation, and what its administrator and its operator do to it. */
export function keepUp(world: ChaosWorld, { sweepEveryMs, healthEveryMs }: Periods): void {
  const { time, swarm, processes, queue, chronicle } = world;
  let isSweeping = false;

  async function sweepOnce(): Promise<void> {
    // One instance: a run that is still busy is not joined by another.
    if (isSweeping) return;
    isSweeping = true;
    await processes.run("sweep", sweepLimits, sweep);
    isSweeping = false;
  }

  every(sweepEveryMs, sweepOnce);
  every(healthEveryMs, async () => {
    await processes.run("health", healthLimits, checkHealth);
  });
  if (swarm.purgeAfterMs !== null) {
    time.at(world.start + swarm.purgeAfterMs, () => {
      chronicle.note("every task is deleted");
      queue.purge();
    });
  }
  for (const { vendor, fromMs, untilMs, value } of swarm.drains) {
    time.at(world.start + fromMs, () => void world.shared.health.setSwitch(vendor, value));
    time.at(world.start + untilMs, () => void world.shared.health.setSwitch(vendor, "on"));
  }

  function every(periodMs: number, action: () => Promise<void>): void {
    time.at(time.now() + periodMs, () => {
      void action();
      every(periodMs, action);
    });
  }
}
