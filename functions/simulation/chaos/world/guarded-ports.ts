import type { VideoProvider } from "../../../src/domain/provider/provider.js";
import type { Deps } from "../../../src/engine/deps.js";
import { isCall } from "../../kit/intercept-calls.js";
import type { VirtualTime } from "../../kit/virtual-time.js";
import type { Fault } from "../swarm.js";
import type { StartCall, VendorWorld } from "./vendors.js";

/** One invocation of a function, on an instance whose clock may be off. */
export interface Process {
  readonly name: string;
  readonly skewMs: number;
  isDead: boolean;
}

/** What goes wrong at a call before it has done anything, or after. */
export interface CallFaults {
  readonly before: Fault | null;
  readonly after: Fault | null;
}

/** Makes a call to the world in the name of a process; it may never return. */
export type Call<Caller extends Process> = (
  process: Caller,
  name: string,
  faults: CallFaults,
  action: () => unknown,
) => Promise<unknown>;

const guarded = {
  jobs: { before: "databaseDown", after: "commitUnknown" },
  batches: { before: "databaseDown", after: "commitUnknown" },
  credits: { before: "databaseDown", after: "commitUnknown" },
  health: { before: "databaseDown", after: "commitUnknown" },
  policies: { before: "databaseDown", after: "commitUnknown" },
  queue: { before: "enqueueFails", after: "enqueueUnknown" },
  media: { before: "storageFails", after: "storageUnknown" },
  inspector: { before: "inspectionFails", after: null },
  downloads: { before: null, after: null },
  converter: { before: "conversionFails", after: "conversionUnknown" },
  notifier: { before: "notifierFails", after: "notifierFails" },
  deliveries: { before: "databaseDown", after: "commitUnknown" },
  audit: { before: "databaseDown", after: "commitUnknown" },
} as const satisfies Partial<Record<keyof Deps, CallFaults>>;
const noFaults: CallFaults = { before: null, after: null };

/** The world as one process sees it: every call may fail, take long, or be its last. */
export function createPorts<Caller extends Process>(options: {
  readonly time: VirtualTime;
  readonly vendors: VendorWorld;
  /** The world without faults. */
  readonly shared: Omit<Deps, "providers" | "now">;
  readonly call: Call<Caller>;
  readonly startCall: (key: string) => StartCall;
}): (process: Caller) => Deps {
  const { time, vendors, shared, call, startCall } = options;
  const guards = Object.entries(guarded).flatMap(([name, faults]) => {
    const port = shared[name as keyof typeof guarded];
    return port === null ? [] : [{ name, guard: guardOf<object, Caller>(call, name, port, faults) }];
  });
  const readers = guardOf<Pick<Deps, "snapshot">, Caller>(
    call,
    "state",
    { snapshot: shared.snapshot },
    guarded.health,
  );
  const connections = vendors.sites.map(({ provider, createClient }) => ({
    id: provider.id,
    // A client is created at the call: most processes call one vendor, once.
    guard: guardOf(call, provider.id, provider, noFaults, (process, method, values) => {
      const start = method === "start" ? startCall(keyOf(values)) : null;
      return () => {
        const caller = { now: () => time.now() + process.skewMs, isAlive: () => !process.isDead };
        return invoke(createClient(caller, start), method, values);
      };
    }),
  }));

  return (process) => {
    const ports: Record<string, unknown> = {};
    for (const { name, guard } of guards) ports[name] = guard(process);
    const providers = new Map<string, VideoProvider>();
    for (const { id, guard } of connections) providers.set(id, guard(process));
    const reader = readers(process);
    const snapshot: Deps["snapshot"] = (maxAgeMs) => reader.snapshot(maxAgeMs);
    return { ...shared, ...ports, snapshot, providers, now: () => time.now() + process.skewMs };
  };
}

const owner = Symbol("the process whose calls these are");
/** Prepares a call; the function that it returns carries it out. */
type Begin = (process: Process, method: string, values: readonly unknown[]) => () => unknown;

/** One class per port for all processes: a world has very many processes. */
function guardOf<Port extends object, Caller extends Process>(
  call: Call<Caller>,
  name: string,
  port: Port,
  faults: CallFaults,
  begin: Begin = (_, method, values) => () => invoke(port, method, values),
): (process: Caller) => Port {
  class Guarded {
    readonly [owner]: Caller;

    constructor(process: Caller) {
      this[owner] = process;
    }
  }
  Object.setPrototypeOf(Guarded.prototype, port);
  for (const [method, member] of Object.entries(port)) {
    if (!isCall(method, member)) continue;
    const callName = `${name}.${method}`;
    Object.defineProperty(Guarded.prototype, method, {
      value(this: Guarded, ...values: unknown[]) {
        const process = this[owner];
        return call(process, callName, faults, begin(process, method, values));
      },
    });
  }
  return (process) => new Guarded(process) as object as Port;
}

function invoke(port: object, method: string, values: readonly unknown[]): unknown {
  const member: unknown = Reflect.get(port, method);
  return typeof member === "function" ? Reflect.apply(member, port, values) : undefined;
}

/** The arguments of a start are its plan and then a context with its key. */
function keyOf([, context]: readonly unknown[]): string {
  const isContext = typeof context === "object" && context !== null && "idempotencyKey" in context;
  return isContext ? String(context.idempotencyKey) : "";
}
