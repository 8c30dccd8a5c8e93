import type { VideoProvider } from "../../domain/provider/provider.js";
import { withComposites } from "../composite/provider.js";
import type { Deps } from "../deps.js";

/**
 * A process that dies at its nth call to the world, before the call or after it. A dead process
 * neither throws nor returns: its calls stay unanswered, so no handler of ours tidies up after it.
 */
export interface Doomed {
  readonly deps: Deps;
  /** Resolves when the process has died. */
  readonly died: Promise<"died">;
  readonly calls: () => number;
}

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

export function doomedProcess(deps: Deps, death: { atCall: number; when: "before" | "after" }): Doomed {
  let calls = 0;
  let dead = false;
  let die: (word: "died") => void = () => {};
  const died = new Promise<"died">((resolve) => {
    die = resolve;
  });
  const silence = () => new Promise<never>(() => {});

  async function guarded(call: () => unknown): Promise<unknown> {
    if (dead) return silence();
    calls += 1;
    const last = calls === death.atCall;
    if (last && death.when === "before") return end();
    const result = await call();
    return last ? end() : dead ? silence() : result;
  }

  function end(): Promise<never> {
    dead = true;
    die("died");
    return silence();
  }

  function doom<Port extends object>(port: Port): Port {
    return new Proxy(port, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== "function") return member;
        return (...values: unknown[]) => guarded(() => Reflect.apply(member, target, values));
      },
    });
  }

  const doomedPorts = Object.fromEntries(ports.map((name) => [name, doom(deps[name])]));
  const providers = new Map<string, VideoProvider>(
    [...deps.providers].map(([id, provider]) => [id, doom(provider)]),
  );
  const doomed = withComposites({ ...deps, ...doomedPorts, providers });
  return { deps: doomed, died, calls: () => calls };
}
