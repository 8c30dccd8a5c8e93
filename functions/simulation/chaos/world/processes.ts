import { reasonOf } from "../../../src/domain/errors.js";
import type { Deps } from "../../../src/engine/deps.js";
import type { Chance } from "../../kit/chance.js";
import { neverAnswered } from "../../kit/intercept-calls.js";
import type { VirtualTime } from "../../kit/virtual-time.js";
import type { EventLog } from "../record.js";
import type { Fault, Swarm } from "../swarm.js";
import { type CallFaults, createPorts, type Process } from "./guarded-ports.js";
import type { Ending } from "./task-queue.js";
import type { StartCall, VendorWorld } from "./vendors.js";

/** A place in a history at which a process may die. */
export interface CallPoint {
  /** Counted over all processes of a world, from 1. */
  readonly number: number;
  readonly when: "before" | "after";
}

export interface ProcessLimits {
  readonly timeoutMs: number;
  /** How much likelier than others it dies at a call. */
  readonly mortality?: number;
  /** It runs so much later, by its own clock. */
  readonly laterMs?: number;
}

export interface Processes {
  /** Runs a verb in a process of its own, which is stopped when its time is up. Never throws. */
  run(name: string, limits: ProcessLimits, verb: (deps: Deps) => Promise<unknown>): Promise<Ending>;
  calls(): number;
  /** The process that makes the current call; valid only until the first `await`. */
  current(): Process | null;
}

const pauseMs = [70_000, 220_000] as const;
const latenciesMs: Record<Swarm["latency"], readonly [number, number] | null> = {
  none: null,
  short: [2, 60],
  long: [20, 3_000],
};

export interface ProcessOptions {
  readonly time: VirtualTime;
  readonly chance: Chance;
  readonly swarm: Swarm;
  readonly eventLog: EventLog;
  readonly areFaultsStopped: () => boolean;
  /** Deaths at fixed places, beside those by chance. */
  readonly diesAt: (point: CallPoint) => boolean;
  /** Told of every call that is made, by the name of its port and method. */
  readonly onCall: (name: string) => void;
  readonly vendors: VendorWorld;
  /** A start with this key that leaves now. */
  readonly startCall: (key: string) => StartCall;
  /** The world without faults. */
  readonly shared: Omit<Deps, "providers" | "now">;
}

export function createProcesses(options: ProcessOptions): Processes {
  const { time, chance, swarm, eventLog, areFaultsStopped, diesAt, onCall, vendors, shared } = options;
  const { rates } = swarm;
  const latencyMs = latenciesMs[swarm.latency];
  let spawned = 0;
  let calls = 0;
  let current: Process | null = null;
  const happens = (fault: Fault | null) =>
    fault !== null && rates[fault] > 0 && !areFaultsStopped() && chance.happens(rates[fault]);

  async function call(
    process: RunningProcess,
    name: string,
    faults: CallFaults,
    action: () => unknown,
  ): Promise<unknown> {
    if (process.isDead) return neverAnswered();
    calls += 1;
    onCall(name);
    const number = calls;
    if (dies(process, name, { number, when: "before" })) return neverAnswered();
    const beforeMs = drawDelay(latencyMs === null ? 0 : chance.logBetween(...latencyMs));
    if (beforeMs > 0) await time.sleep(beforeMs);
    if (process.isDead) return neverAnswered();
    if (happens(faults.before)) throw injectedError(process, name, faults.before);
    let result: unknown;
    let problem: { readonly error: unknown } | null = null;
    try {
      current = process;
      result = await action();
      eventLog.note(`${process.name} ${name}`);
    } catch (error) {
      problem = { error };
      eventLog.note(`${process.name} ${name} threw ${reasonOf(error)}`);
    }
    if (process.isDead || dies(process, name, { number, when: "after" })) return neverAnswered();
    const afterMs = drawDelay(0);
    if (afterMs > 0) await time.sleep(afterMs);
    if (process.isDead) return neverAnswered();
    if (problem !== null) throw problem.error;
    if (happens(faults.after)) throw injectedError(process, name, faults.after);
    return result;
  }

  /** Now and then a process is paused for minutes. */
  function drawDelay(plainMs: number): number {
    return happens("pause") ? plainMs + chance.between(...pauseMs) : plainMs;
  }

  function dies(process: RunningProcess, name: string, point: CallPoint): boolean {
    const diesByChance =
      rates.crash > 0 && !areFaultsStopped() && chance.happens(rates.crash * process.mortality);
    if (!diesAt(point) && !diesByChance) return false;
    eventLog.note(`${process.name} dies ${point.when} ${name}`);
    process.die();
    return true;
  }

  function injectedError(process: Process, name: string, fault: string | null): Error {
    eventLog.note(`${process.name} ${name} meets ${fault}`);
    return new Error(`made so: ${fault}`);
  }

  const { startCall } = options;
  const portsOf = createPorts<RunningProcess>({ time, vendors, shared, call, startCall });

  return {
    async run(name, { timeoutMs, mortality = 1, laterMs = 0 }, verb) {
      spawned += 1;
      const process = newProcess(`${name}#${spawned}`, mortality, laterMs + chance.pick(swarm.skewsMs));
      const timeout = time.at(time.now() + timeoutMs, process.die);
      const ending = await new Promise<Ending>((resolve) => {
        process.onDeath = () => resolve("died");
        verb(portsOf(process)).then(
          () => resolve("done"),
          () => resolve("failed"),
        );
      });
      timeout.action = null;
      eventLog.note(`${process.name} ${ending}`);
      return ending;
    },
    calls: () => calls,
    current: () => current,
  };
}

interface RunningProcess extends Process {
  readonly mortality: number;
  onDeath(): void;
  die(): void;
}

function newProcess(name: string, mortality: number, skewMs: number): RunningProcess {
  const process: RunningProcess = {
    name,
    mortality,
    skewMs,
    isDead: false,
    onDeath() {},
    die() {
      process.isDead = true;
      process.onDeath();
    },
  };
  return process;
}
