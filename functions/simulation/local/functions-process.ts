import { realClock } from "../kit/clock.js";
import { withSteps } from "../kit/intercept-calls.js";
import { startLocalFunctions } from "./local-functions.js";

/** What the parent process tells this one, as JSON in `LOCAL_FUNCTIONS`. */
export interface FunctionsProcessOptions {
  readonly environment: Readonly<Record<string, string>>;
  readonly clockStart: number;
  readonly scale: number;
  readonly port: number;
  /** Ends the process without warning at this step of the engine; 0 never. */
  readonly killAtStep: number;
}

const options = JSON.parse(process.env.LOCAL_FUNCTIONS ?? "{}") as FunctionsProcessOptions;
let steps = 0;

/** The functions in a process of their own, which may be killed and started again over the same data. */
const { host } = await startLocalFunctions({
  environment: options.environment,
  clock: realClock(options.scale, options.clockStart),
  stores: undefined,
  routes: () => [],
  port: options.port,
  decorate: (deps) =>
    withSteps(deps, (name) => {
      steps += 1;
      if (steps !== options.killAtStep) return;
      process.stdout.write(`killed ${name}\n`);
      process.kill(process.pid, "SIGKILL");
    }),
});
process.stdout.write(`ready ${host.functionsUrl}\n`);
