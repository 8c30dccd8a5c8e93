import type { VideoProvider } from "../../src/domain/provider/provider.js";
import type { Deps } from "../../src/engine/deps.js";

/** Stands around one call to the world, named as `jobs.update`: it makes the call, or does not. */
export type Around = (name: string, call: () => unknown) => Promise<unknown>;

/** What answers from this process alone, and the providers, which are wrapped one by one. */
const noPorts: ReadonlySet<string> = new Set<keyof Deps>(["catalogue", "webhooks", "log", "providers"]);
/** Methods that do not wait for anything. */
const plain: ReadonlySet<PropertyKey> = new Set(["watch", "attach"]);

/** Wraps everything through which the engine touches the world, whatever ports there are. */
export function aroundCalls(deps: Deps, around: Around): Deps {
  const ports = Object.entries(deps).flatMap(([name, member]: [string, unknown]) =>
    isPort(name, member) ? [[name, wrap(name, member, around)]] : [],
  );
  const providers = new Map(
    [...deps.providers].map(([id, provider]): [string, VideoProvider] => [id, wrap(id, provider, around)]),
  );
  return { ...deps, ...Object.fromEntries(ports), providers };
}

function isPort(name: string, member: unknown): member is object {
  return typeof member === "object" && member !== null && !noPorts.has(name);
}

function wrap<Port extends object>(name: string, port: Port, around: Around): Port {
  return new Proxy(port, {
    get(target, member) {
      const value: unknown = Reflect.get(target, member);
      if (typeof value !== "function" || plain.has(member)) return value;
      return (...args: unknown[]) =>
        around(`${name}.${String(member)}`, () => Reflect.apply(value, target, args));
    },
  });
}
