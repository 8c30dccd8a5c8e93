import type { IncomingMessage, ServerResponse } from "node:http";
import express from "express";
import type { Deps } from "../../src/engine/deps.js";
import { checkHealth } from "../../src/engine/upkeep/check-health.js";
import { storeOverdue } from "../../src/engine/upkeep/store-overdue.js";
import { sweep } from "../../src/engine/upkeep/sweep.js";
import type { Stores } from "../../src/entrypoints/config/compose.js";
import { standInTolerance } from "../kit/clips/clip.js";
import type { LocalClock } from "../kit/clock.js";
import { startLoopbackServer } from "../kit/loopback-server.js";
import { projectId, region } from "./local-cloud.js";

export interface LocalFunctions {
  readonly host: FunctionsHost;
  readonly deps: Deps;
  close(): Promise<void>;
}

const sweepEveryMs = 60_000;
const healthEveryMs = 300_000;

/**
 * Serves the deployed functions over the local cloud. What differs from a deployment is the clock,
 * and the stores where there is no Firestore emulator.
 */
export async function startLocalFunctions(options: {
  environment: Readonly<Record<string, string>>;
  clock: LocalClock;
  /** Instead of Firestore. */
  stores: Stores | undefined;
  routes: (deps: Deps) => readonly LocalRoute[];
  port?: number;
  decorate?: (deps: Deps) => Deps;
}): Promise<LocalFunctions> {
  Object.assign(process.env, options.environment);
  const { clock } = options;
  let deps: Deps | undefined;
  const host = await startFunctionsHost({
    projectId,
    region,
    ...(options.port === undefined ? {} : { port: options.port }),
    routes: [
      async (path, response) => {
        for (const route of deps === undefined ? [] : options.routes(deps)) {
          if (await route(path, response)) return true;
        }
        return false;
      },
    ],
    load: async (functionsUrl) => {
      process.env.FUNCTIONS_BASE_URL = functionsUrl;
      // Only now: what is imported reads the environment that was just set.
      const [{ composeDeps }, { readConfiguration }, { useRuntime }, functions] = await Promise.all([
        import("../../src/entrypoints/config/compose.js"),
        import("../../src/entrypoints/config/configuration.js"),
        import("../../src/entrypoints/config/runtime.js"),
        import("../../src/index.js"),
      ]);
      const configuration = readConfiguration(process.env);
      const composed = await composeDeps(configuration, {
        now: () => clock.now(),
        // Leases run on the local clock, so time-outs of calls to vendors have to as well.
        minRetryDelayMs: Math.ceil(250 / clock.scale),
        ...(options.stores === undefined ? {} : { stores: options.stores }),
      });
      const local = takingStandIns(composed);
      deps = options.decorate?.(local) ?? local;
      useRuntime(deps);
      return functions;
    },
  });
  if (deps === undefined) throw new Error("the functions were not loaded");
  const stopSchedules = startSchedules(deps, clock);
  return {
    host,
    deps,
    async close() {
      stopSchedules();
      await host.close();
    },
  };
}

/** Vendors' files are smaller here than what they stand for. */
function takingStandIns(deps: Deps): Deps {
  return {
    ...deps,
    async snapshot() {
      const { policy, ...rest } = await deps.snapshot();
      const output = { ...policy.output, pixelTolerance: standInTolerance };
      return { ...rest, policy: { ...policy, output } };
    },
  };
}

/** What Cloud Scheduler does in a deployment. */
function startSchedules(deps: Deps, clock: LocalClock): () => void {
  const stops = [
    every(clock, sweepEveryMs, () => sweep(deps)),
    every(clock, sweepEveryMs, () => storeOverdue(deps)),
    every(clock, healthEveryMs, () => checkHealth(deps)),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

function every(clock: LocalClock, periodMs: number, run: () => Promise<unknown>): () => void {
  let stopped = false;
  let cancel = () => {};
  const wait = () => {
    cancel = clock.schedule(clock.now() + periodMs, () => {
      void run()
        .catch(() => undefined)
        .finally(() => {
          if (!stopped) wait();
        });
    });
  };
  wait();
  return () => {
    stopped = true;
    cancel();
  };
}

/** A deployed HTTP function, callable, task or schedule, as firebase-functions exports it. */
type HttpFunction = (request: IncomingMessage, response: ServerResponse) => unknown;

export interface FunctionsHost {
  readonly origin: string;
  /** `${functionsUrl}/createVideo` calls createVideo. */
  readonly functionsUrl: string;
  close(): Promise<void>;
}

/** A page or file that the local cloud adds beside the functions; `false` leaves the request alone. */
export type LocalRoute = (path: string, response: ServerResponse) => Promise<boolean>;

/** Serves every exported function on one loopback port, under the path that a deployment has. */
export async function startFunctionsHost(options: {
  projectId: string;
  region: string;
  port?: number;
  /** Called when the address is known, since the functions read it. */
  load: (functionsUrl: string) => Promise<Readonly<Record<string, unknown>>>;
  routes: readonly LocalRoute[];
}): Promise<FunctionsHost> {
  const prefix = `/${options.projectId}/${options.region}`;
  const app = express();
  app.disable("x-powered-by");
  app.use(
    express.json({
      limit: "10mb",
      verify: (request, _response, bytes) => {
        (request as IncomingMessage & { rawBody: Buffer }).rawBody = bytes;
      },
    }),
  );
  const server = await startLoopbackServer(async (request, response) => {
    const path = new URL(request.url ?? "/", "http://local").pathname;
    for (const route of options.routes) if (await route(path, response)) return;
    app(request, response);
  }, options.port);
  const functionsUrl = `${server.origin}${prefix}`;
  for (const [name, exported] of Object.entries(await options.load(functionsUrl))) {
    // Like a deployment: what follows the name in the path belongs to the function.
    if (typeof exported === "function") app.use(`${prefix}/${name}`, exported as HttpFunction);
  }
  return { origin: server.origin, functionsUrl, close: () => server.close() };
}
