import { RequestError } from "../../src/domain/errors.js";
import { isTerminal } from "../../src/domain/job/job.js";
import { pauseStarts } from "../../src/engine/admin/manage-providers.js";
import { registerWebhook } from "../../src/engine/admin/register-webhook.js";
import {
  listUnresolved,
  resolveAmbiguous,
  type UnresolvedStart,
  type Verdict,
} from "../../src/engine/admin/resolve-ambiguous.js";
import { retryJob } from "../../src/engine/admin/retry-job.js";
import type { Deps } from "../../src/engine/deps.js";
import { checkHealth } from "../../src/engine/upkeep/check-health.js";
import { storeOverdue } from "../../src/engine/upkeep/store-overdue.js";
import { sweep } from "../../src/engine/upkeep/sweep.js";
import type { Pause } from "./swarm.js";
import type { ChaosWorld } from "./world/world.js";

/** A sweep makes the calls of many tasks: if it died as often at each, none would finish. */
const sweepLimits = { timeoutMs: 540_000, mortality: 0.1 };
const storeLimits = { timeoutMs: 1_800_000, mortality: 0.1 };
const healthLimits = { timeoutMs: 60_000 };

export interface Periods {
  readonly sweepEveryMs: number;
  readonly healthEveryMs: number;
}

/** The scheduled functions of an installation, an emptied queue, and providers taken out of service. */
export function startSchedules(world: ChaosWorld, { sweepEveryMs, healthEveryMs }: Periods): void {
  const { time, swarm, processes, queue, eventLog } = world;
  let isSweeping = false;
  let isStoring = false;

  async function sweepOnce(): Promise<void> {
    // One instance: a run that is still busy is not joined by another.
    if (isSweeping) return;
    isSweeping = true;
    await processes.run("sweep", sweepLimits, sweep);
    isSweeping = false;
  }

  async function storeOnce(): Promise<void> {
    if (isStoring) return;
    isStoring = true;
    await processes.run("store-overdue", storeLimits, storeOverdue);
    isStoring = false;
  }

  every(sweepEveryMs, sweepOnce);
  every(sweepEveryMs, storeOnce);
  every(healthEveryMs, async () => {
    await processes.run("health", healthLimits, checkHealth);
  });
  if (swarm.purgeAfterMs !== null) {
    time.at(world.start + swarm.purgeAfterMs, () => {
      eventLog.note("every task is deleted");
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

/** A simulated administrator: pauses starts, registers webhooks, and resolves at each visit what only a person can. */
export interface Administrator {
  /** Has everything finished that was started? */
  isDone(): boolean;
  /** No more visits from now on. */
  stop(): void;
}

const actor = "root";
const limits = { timeoutMs: 300_000 };
const againMs = 5_000;
/** Looked up sooner, a start may not have reached the vendor yet: clocks are off by minutes. */
const certainAfterMs = 900_000;
const shownAtOnce = 100;
const redrivesPerVisit = 2;
const maxRedrives = 6;

export function startAdministrator(world: ChaosWorld): Administrator {
  const { time, chance, swarm, processes, eventLog, vendors, database } = world;
  let busy = 0;
  let redrives = 0;
  let isStopped = false;

  /** Repeats a call until it is known to be done. */
  async function repeatUntilDone(name: string, verb: (deps: Deps) => Promise<unknown>): Promise<void> {
    busy += 1;
    while ((await processes.run(name, limits, verb)) !== "done") await time.sleep(againMs);
    busy -= 1;
  }

  /** One after the other: the end of a pause must not overtake its beginning. */
  async function pauseFor({ vendor, fromMs, untilMs }: Pause): Promise<void> {
    await repeatUntilDone("pause", (deps) => pauseStarts(deps, actor, vendor, true));
    await time.sleep(untilMs - fromMs);
    await repeatUntilDone("pause", (deps) => pauseStarts(deps, actor, vendor, false));
  }

  async function register(deps: Deps, id: string): Promise<void> {
    const registration = await registerWebhook(deps, actor, id);
    if (registration.status === "refused") throw new Error(registration.failure.code);
    world.signingSecrets.set(id, [registration.signingSecret, ...deps.webhooks.signingSecrets(id)]);
  }

  async function visit(deps: Deps): Promise<void> {
    for (const start of await listUnresolved(deps, shownAtOnce)) {
      if (time.now() < start.startedAt + certainAfterMs || chance.happens(0.3)) continue;
      await unlessRefused(() =>
        resolveAmbiguous(deps, actor, {
          jobId: start.jobId,
          attempt: start.attempt,
          verdict: verdictOn(start),
        }),
      );
    }
    const failed = [...database.jobs.values()].filter(
      (job) => isTerminal(job) && job.status === "failed" && job.partOf === undefined,
    );
    for (let index = 0; index < redrivesPerVisit && redrives < maxRedrives; index += 1) {
      const job = failed[chance.below(failed.length)];
      if (job === undefined) return;
      redrives += 1;
      await unlessRefused(() => retryJob(deps, actor, job.id));
    }
  }

  /** What the vendor's own pages show; now and then the administrator does not look and writes the start off. */
  function verdictOn({ jobId, attempt }: UnresolvedStart): Verdict {
    if (chance.happens(0.2)) return { type: "write_off" };
    const bill = vendors.bills().find((one) => one.jobId === jobId && one.attempt === attempt);
    return bill === undefined
      ? { type: "not_accepted" }
      : { type: "attach", operationId: bill.generation.id };
  }

  async function unlessRefused(verb: () => Promise<unknown>): Promise<void> {
    try {
      await verb();
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      eventLog.note(`administrator: refused ${error.code}`);
    }
  }

  function comeBackIn(periodMs: number): void {
    time.at(time.now() + periodMs, () => {
      if (isStopped || world.areFaultsStopped()) return;
      busy += 1;
      void processes.run("administrator", limits, visit).then(() => {
        busy -= 1;
      });
      comeBackIn(periodMs);
    });
  }

  for (const { provider } of swarm.webhooks ? vendors.sites : []) {
    const isAble = provider.registerWebhook !== undefined;
    if (isAble) void repeatUntilDone("register", (deps) => register(deps, provider.id));
  }
  for (const pause of swarm.pauses) time.at(world.start + pause.fromMs, () => void pauseFor(pause));
  if (swarm.visitEveryMs !== null) comeBackIn(swarm.visitEveryMs);
  return {
    isDone: () => busy === 0,
    stop() {
      isStopped = true;
    },
  };
}
