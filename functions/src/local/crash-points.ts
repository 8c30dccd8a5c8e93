import type { VideoProvider } from "../domain/provider/provider.js";
import { withComposites } from "../engine/composite/provider.js";
import type { Deps } from "../engine/deps.js";

const ports = [
  "jobs",
  "batches",
  "credits",
  "health",
  "queue",
  "media",
  "inspector",
  "downloads",
  "notifier",
  "deliveries",
] as const;

/**
 * Wraps everything through which the engine touches the world, so that `step` runs before and after
 * each call. Killing the process in a step is what an instance that is taken away looks like.
 */
export function withSteps(deps: Deps, step: (name: string) => void): Deps {
  const wrapped = Object.fromEntries(ports.map((port) => [port, wrap(port, deps[port], step)]));
  const providers = new Map(
    [...deps.providers].map(([id, provider]): [string, VideoProvider] => [id, wrap(id, provider, step)]),
  );
  const converter = deps.converter === null ? null : wrap("converter", deps.converter, step);
  return withComposites({ ...deps, ...wrapped, converter, providers });
}

function wrap<Port extends object>(name: string, port: Port, step: (name: string) => void): Port {
  return new Proxy(port, {
    get(target, member) {
      const value: unknown = Reflect.get(target, member);
      if (typeof value !== "function" || member === "watch") return value;
      return (...args: unknown[]) => {
        const call = `${name}.${String(member)}`;
        step(`before ${call}`);
        const result: unknown = Reflect.apply(value, target, args);
        if (!(result instanceof Promise)) return result;
        return result.then((settled: unknown) => {
          step(`after ${call}`);
          return settled;
        });
      };
    },
  });
}
