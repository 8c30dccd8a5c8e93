import type { VideoProvider } from "../../../src/domain/provider/provider.js";
import type { Deps } from "../../../src/engine/deps.js";
import type { VirtualTime } from "../../kit/virtual-time.js";
import type { Fault } from "../swarm.js";
import type { Process } from "./processes.js";
import type { StartCall, VendorWorld } from "./vendors.js";

/** What goes wrong at a call before it has done anything, or after. */
export interface Trouble {
  readonly before: Fault | null;
  readonly after: Fault | null;
}

/** Makes a call to the world in the name of a process; it may never return. */
export type Call<Caller extends Process> = (
  process: Caller,
  name: string,
  trouble: Trouble,
  action: () => unknown,
) => Promise<unknown>;

const guarded = {
  jobs: { before: "databaseDown", after: "commitUnknown" },
  batches: { before: "databaseDown", after: "commitUnknown" },
  credits: { before: "databaseDown", after: "commitUnknown" },
  health: { before: "databaseDown", after: "commitUnknown" },
  queue: { before: "enqueueFails", after: "enqueueUnknown" },
  media: { before: "storageFails", after: "storageUnknown" },
  inspector: { before: "inspectionFails", after: null },
  downloads: { before: null, after: null },
  converter: { before: "conversionFails", after: "conversionUnknown" },
  notifier: { before: "notifierFails", after: "notifierFails" },
  deliveries: { before: "databaseDown", after: "commitUnknown" },
  audit: { before: "databaseDown", after: "commitUnknown" },
} as const satisfies Partial<Record<keyof Deps, Trouble>>;
const noTrouble: Trouble = { before: null, after: null };

/** Methods that do not wait for anything are no calls to the world. */
const noCalls: ReadonlySet<string> = new Set(["watch", "attach"]);

/** The world as one process sees it: every call may fail, take long, or be its last. */
export function createPorts<Caller extends Process>(options: {
  readonly time: VirtualTime;
  readonly vendors: VendorWorld;
  /** The world as a process without troubles would see it. */
  readonly shared: Omit<Deps, "providers" | "now">;
  readonly call: Call<Caller>;
  readonly startCall: (key: string) => StartCall;
}): (process: Caller) => Deps {
  const { time, vendors, shared, call, startCall } = options;
  const guards = Object.entries(guarded).flatMap(([name, trouble]) => {
    const port = shared[name as keyof typeof guarded];
    return port === null ? [] : [{ name, guard: guardOf<object, Caller>(call, name, port, trouble) }];
  });
  const connections = vendors.sites.map(({ provider, createClient }) => ({
    id: provider.id,
    // A client is made when it is called: most processes call one vendor, once.
    guard: guardOf(call, provider.id, provider, noTrouble, (process, method, values) => {
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
    return { ...shared, ...ports, providers, now: () => time.now() + process.skewMs };
  };
}

const owner = Symbol("the process whose calls these are");
/** Begins a call; what is returned carries it out, when it has arrived. */
type Begin = (process: Process, method: string, values: readonly unknown[]) => () => unknown;

/** One class for all processes, since a world sees a great many of those. */
function guardOf<Port extends object, Caller extends Process>(
  call: Call<Caller>,
  name: string,
  port: Port,
  trouble: Trouble,
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
    if (typeof member !== "function" || noCalls.has(method)) continue;
    const callName = `${name}.${method}`;
    Object.defineProperty(Guarded.prototype, method, {
      value(this: Guarded, ...values: unknown[]) {
        const process = this[owner];
        return call(process, callName, trouble, begin(process, method, values));
      },
    });
  }
  return (process) => new Guarded(process) as object as Port;
}

function invoke(port: object, method: string, values: readonly unknown[]): unknown {
  const member: unknown = Reflect.get(port, method);
  return typeof member === "function" ? Reflect.apply(member, port, values) : undefined;
}

/** A start is given its plan, and then its key. */
function keyOf([, context]: readonly unknown[]): string {
  const isContext = typeof context === "object" && context !== null && "idempotencyKey" in context;
  return isContext ? String(context.idempotencyKey) : "";
}
