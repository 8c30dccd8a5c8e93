import type { VideoProvider } from "../../src/domain/provider/provider.js";
import type { Snapshot } from "../../src/domain/selection/selection.js";
import type { Deps } from "../../src/engine/deps.js";

/** Stands around one call to the world, named as `jobs.update`: it makes the call, or does not. */
export type Intercept = (name: string, call: () => unknown) => Promise<unknown>;

/** What answers from this process alone, and the providers, which are wrapped one by one. */
const noPorts: ReadonlySet<string> = new Set<keyof Deps>(["catalogue", "webhooks", "log", "providers"]);
const synchronousMethods: ReadonlySet<PropertyKey> = new Set(["watch", "attach"]);

/** Methods that return without waiting for anything are no calls to the world. */
export function isCall(method: PropertyKey, member: unknown): member is (...values: unknown[]) => unknown {
  return typeof member === "function" && !synchronousMethods.has(method);
}

/** Wraps everything through which the engine touches the world, whatever ports there are. */
export function interceptCalls(deps: Deps, intercept: Intercept): Deps {
  const ports = Object.entries(deps).flatMap(([name, member]: [string, unknown]) =>
    isPort(name, member) ? [[name, wrap(name, member, intercept)]] : [],
  );
  const providers = new Map(
    [...deps.providers].map(([id, provider]): [string, VideoProvider] => [id, wrap(id, provider, intercept)]),
  );
  // The one call that is no method of a port.
  const snapshot: Deps["snapshot"] = async (maxAgeMs) =>
    (await intercept("snapshot", () => deps.snapshot(maxAgeMs))) as Snapshot;
  return { ...deps, ...Object.fromEntries(ports), snapshot, providers };
}

function isPort(name: string, member: unknown): member is object {
  return typeof member === "object" && member !== null && !noPorts.has(name);
}

function wrap<Port extends object>(name: string, port: Port, intercept: Intercept): Port {
  return new Proxy(port, {
    get(target, method) {
      const member: unknown = Reflect.get(target, method);
      if (!isCall(method, member)) return member;
      return (...values: unknown[]) =>
        intercept(`${name}.${String(method)}`, () => Reflect.apply(member, target, values));
    },
  });
}

/** Runs `step` before and after each call to the world. A step may kill the process. */
export function withSteps(deps: Deps, step: (name: string) => void): Deps {
  return interceptCalls(deps, async (name, call) => {
    step(`before ${name}`);
    const result = await call();
    step(`after ${name}`);
    return result;
  });
}

/**
 * A process that dies at its nth call to the world, before the call or after it. A dead process
 * neither throws nor returns: its calls stay unanswered, so that no error handler of ours runs.
 */
export interface DyingProcess {
  readonly deps: Deps;
  /** Resolves when the process has died. */
  readonly died: Promise<"died">;
  readonly calls: () => number;
  /** What it called, as `jobs.update`, first call first. */
  readonly names: readonly string[];
}

export function dyingProcess(
  deps: Deps,
  death: { readonly atCall: number; readonly when: "before" | "after" },
): DyingProcess {
  const names: string[] = [];
  let isDead = false;
  let die: (word: "died") => void = () => {};
  const died = new Promise<"died">((resolve) => {
    die = resolve;
  });

  async function intercept(name: string, call: () => unknown): Promise<unknown> {
    if (isDead) return neverAnswered();
    names.push(name);
    const isLast = names.length === death.atCall;
    if (isLast && death.when === "before") return end();
    const result = await call();
    if (isLast) return end();
    return isDead ? neverAnswered() : result;
  }

  function end(): Promise<never> {
    isDead = true;
    die("died");
    return neverAnswered();
  }

  return { deps: interceptCalls(deps, intercept), died, calls: () => names.length, names };
}

/** What a dead process gets for its calls. */
export function neverAnswered(): Promise<never> {
  return new Promise(() => {});
}
