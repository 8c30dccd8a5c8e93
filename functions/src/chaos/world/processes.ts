import type { Chance } from "../../bench/chance.js";
import type { VideoProvider } from "../../domain/provider.js";
import { reasonOf } from "../../engine/deliver.js";
import type { Deps } from "../../engine/ports.js";
import type { Chronicle } from "../chronicle.js";
import type { Fault, Swarm } from "../swarm.js";
import type { VirtualTime } from "../virtual-time.js";
import { silence } from "./line.js";
import type { Ending } from "./task-queue.js";
import type { VendorWorld } from "./vendors.js";

/** One invocation of a function, on an instance whose clock may be off. */
export interface Process {
  readonly name: string;
  readonly skewMs: number;
  isDead: boolean;
}

/** A place in a history at which a process may die. */
export interface CallPoint {
  /** Counted over all processes of a world, from 1. */
  readonly number: number;
  readonly when: "before" | "after";
}

export interface Processes {
  /** Runs a verb in a process of its own, which is stopped when its time is up. Never throws. */
  run(
    name: string,
    limits: { readonly timeoutMs: number; readonly mortality?: number },
    verb: (deps: Deps) => Promise<unknown>,
  ): Promise<Ending>;
  calls(): number;
  /** Whose call it is; only to be asked before anything is waited for. */
  current(): Process | null;
}

interface Trouble {
  readonly before: Fault | null;
  readonly after: Fault | null;
}

/** The ports that are guarded, and what goes wrong at each before it has done anything, or after. */
const guarded = {
  jobs: { before: "databaseDown", after: "commitUnknown" },
  credits: { before: "databaseDown", after: "commitUnknown" },
  health: { before: "databaseDown", after: "commitUnknown" },
  queue: { before: "enqueueFails", after: "enqueueUnknown" },
  media: { before: "storageFails", after: "storageUnknown" },
  inspector: { before: "inspectionFails", after: null },
  downloads: { before: null, after: null },
  notifier: { before: "notifierFails", after: "notifierFails" },
} as const satisfies Partial<Record<keyof Deps, Trouble>>;
const noTrouble: Trouble = { before: null, after: null };
type Invoke = (member: CallableFunction, values: readonly unknown[], method: string | symbol) => unknown;

/** Methods that do not wait for anything are no calls to the world. */
const noCalls: ReadonlySet<unknown> = new Set(["watch", "attach"]);
const isCall = (method: unknown) => !noCalls.has(method);

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
  readonly chronicle: Chronicle;
  readonly isCalm: () => boolean;
  /** Deaths at fixed places, beside those by chance. */
  readonly diesAt: (point: CallPoint) => boolean;
  /** Told of every call that is made, by the name of its port and method. */
  readonly onCall: (name: string) => void;
  readonly vendors: VendorWorld;
  /** The world as a process without troubles would see it. */
  readonly shared: Omit<Deps, "providers" | "now">;
}

export function createProcesses(options: ProcessOptions): Processes {
  const { time, chance, swarm, chronicle, isCalm, diesAt, onCall, vendors, shared } = options;
  const { rates } = swarm;
  const latencyMs = latenciesMs[swarm.latency];
  let spawned = 0;
  let calls = 0;
  let current: Process | null = null;
  const happens = (fault: Fault | null) =>
    fault !== null && rates[fault] > 0 && !isCalm() && chance.happens(rates[fault]);

  async function call(
    process: Doomed,
    name: string,
    trouble: Trouble,
    action: () => unknown,
  ): Promise<unknown> {
    if (process.isDead) return silence();
    calls += 1;
    onCall(name);
    const number = calls;
    if (dies(process, name, { number, when: "before" })) return silence();
    const beforeMs = latencyMs === null ? 0 : chance.logBetween(...latencyMs);
    if (await hasDiedAfter(process, beforeMs)) return silence();
    if (happens(trouble.before)) throw troubled(process, name, trouble.before);
    let result: unknown;
    let problem: { readonly error: unknown } | null = null;
    try {
      current = process;
      result = await action();
      chronicle.note(`${process.name} ${name}`);
    } catch (error) {
      problem = { error };
      chronicle.note(`${process.name} ${name} threw ${reasonOf(error)}`);
    }
    if (process.isDead || dies(process, name, { number, when: "after" })) return silence();
    if (await hasDiedAfter(process, 0)) return silence();
    if (problem !== null) throw problem.error;
    if (happens(trouble.after)) throw troubled(process, name, trouble.after);
    return result;
  }

  /** Waits, now and then for minutes; `true` when the process is no more afterwards. */
  async function hasDiedAfter(process: Doomed, plainMs: number): Promise<boolean> {
    const delayMs = happens("pause") ? plainMs + chance.between(...pauseMs) : plainMs;
    if (delayMs > 0) await time.sleep(delayMs);
    return process.isDead;
  }

  function dies(process: Doomed, name: string, point: CallPoint): boolean {
    const isUnlucky = rates.crash > 0 && !isCalm() && chance.happens(rates.crash * process.mortality);
    if (!diesAt(point) && !isUnlucky) return false;
    chronicle.note(`${process.name} dies ${point.when} ${name}`);
    process.die();
    return true;
  }

  function troubled(process: Process, name: string, fault: string | null): Error {
    chronicle.note(`${process.name} ${name} meets ${fault}`);
    return new Error(`made so: ${fault}`);
  }

  function guard<Port extends object>(
    process: Doomed,
    name: string,
    port: Port,
    trouble: Trouble,
    invoke: Invoke = (method, values) => Reflect.apply(method, port, values),
  ): Port {
    return new Proxy(port, {
      get(target, method) {
        const member: unknown = Reflect.get(target, method);
        if (typeof member !== "function" || !isCall(method)) return member;
        return (...values: unknown[]) =>
          call(process, `${name}.${String(method)}`, trouble, () => invoke(member, values, method));
      },
    });
  }

  /** Clients are made when they are called: most processes call one vendor, once. */
  function connect(process: Doomed): Map<string, VideoProvider> {
    const caller = { now: () => time.now() + process.skewMs, isAlive: () => !process.isDead };
    return new Map(
      vendors.sites.map(({ provider, createClient }) => {
        const invoke: Invoke = (_, values, method) => {
          const client = createClient(caller, method === "start" ? keyOf(values) : "");
          const member: unknown = Reflect.get(client, method);
          return typeof member === "function" ? Reflect.apply(member, client, values) : undefined;
        };
        return [provider.id, guard(process, provider.id, provider, noTrouble, invoke)];
      }),
    );
  }

  function depsOf(process: Doomed): Deps {
    const ports = Object.entries(guarded).map(([name, trouble]) => {
      const port = shared[name as keyof typeof guarded];
      return [name, guard(process, name, port, trouble)];
    });
    let providers: Map<string, VideoProvider> | undefined;
    return {
      ...shared,
      ...Object.fromEntries(ports),
      get providers() {
        providers ??= connect(process);
        return providers;
      },
      now: () => time.now() + process.skewMs,
    };
  }

  return {
    async run(name, { timeoutMs, mortality = 1 }, verb) {
      spawned += 1;
      const { process, death } = newProcess(`${name}#${spawned}`, mortality, chance.pick(swarm.skewsMs));
      time.at(time.now() + timeoutMs, process.die);
      const ending = await Promise.race([endingOf(verb(depsOf(process))), death]);
      chronicle.note(`${process.name} ${ending}`);
      return ending;
    },
    calls: () => calls,
    current: () => current,
  };
}

/** A start is given its plan, and then its key. */
function keyOf([, context]: readonly unknown[]): string {
  const isContext = typeof context === "object" && context !== null && "idempotencyKey" in context;
  return isContext ? String(context.idempotencyKey) : "";
}

interface Doomed extends Process {
  /** How much likelier than others it dies at a call. */
  readonly mortality: number;
  die(): void;
}

function newProcess(
  name: string,
  mortality: number,
  skewMs: number,
): { process: Doomed; death: Promise<Ending> } {
  let die: (ending: Ending) => void = () => {};
  const death = new Promise<Ending>((resolve) => {
    die = resolve;
  });
  const process: Doomed = {
    name,
    mortality,
    skewMs,
    isDead: false,
    die() {
      process.isDead = true;
      die("died");
    },
  };
  return { process, death };
}

async function endingOf(work: Promise<unknown>): Promise<Ending> {
  try {
    await work;
    return "done";
  } catch {
    return "failed";
  }
}
