import { aroundCalls } from "../../../simulation/kit/intercept-calls.js";
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
  /** What it called, as `jobs.update`, first call first. */
  readonly names: readonly string[];
}

export function doomedProcess(deps: Deps, death: { atCall: number; when: "before" | "after" }): Doomed {
  const names: string[] = [];
  let dead = false;
  let die: (word: "died") => void = () => {};
  const died = new Promise<"died">((resolve) => {
    die = resolve;
  });
  const silence = () => new Promise<never>(() => {});

  async function guarded(name: string, call: () => unknown): Promise<unknown> {
    if (dead) return silence();
    names.push(name);
    const last = names.length === death.atCall;
    if (last && death.when === "before") return end();
    const result = await call();
    return last ? end() : dead ? silence() : result;
  }

  function end(): Promise<never> {
    dead = true;
    die("died");
    return silence();
  }

  return { deps: aroundCalls(deps, guarded), died, calls: () => names.length, names };
}
