import type { IncomingMessage, ServerResponse } from "node:http";
import express from "express";
import { startLoopbackServer } from "../kit/loopback-server.js";

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
