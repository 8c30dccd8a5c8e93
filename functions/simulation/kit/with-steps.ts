import type { Deps } from "../../src/engine/deps.js";
import { aroundCalls } from "./around-calls.js";

/**
 * Runs `step` before and after each call to the world. Killing the process in a step is what an
 * instance that is taken away looks like.
 */
export function withSteps(deps: Deps, step: (name: string) => void): Deps {
  return aroundCalls(deps, async (name, call) => {
    step(`before ${name}`);
    const result = await call();
    step(`after ${name}`);
    return result;
  });
}
