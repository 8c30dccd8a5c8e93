import type { IncomingMessage, ServerResponse } from "node:http";
import { FaultPlan, type FaultSpec, type TransportFault } from "../vendors/shared/faults.js";
import type {
  SimulatedFile,
  SimulatedRequest,
  SimulatedResponse,
  Simulator,
  VendorSimulation,
} from "../vendors/shared/simulator.js";
import { seededRandom } from "./chance.js";
import type { LocalClock } from "./clock.js";
import { readBody, startLoopbackServer } from "./loopback-server.js";

/** Renders a described file; the local cloud makes real MP4s, tests may return a few bytes. */
export type RenderFile = (file: SimulatedFile) => Promise<{ contentType: string; bytes: Uint8Array } | null>;

export interface SimulatorHost {
  readonly origin: string;
  /** Requests that reached the simulator, newest last: method and path. */
  readonly requests: readonly string[];
  close(): Promise<void>;
}

const filesPrefix = "/files/";

/** The URL under which a host serves a described file. */
export function fileUrl(origin: string, file: SimulatedFile): string {
  const extension = file.medium === "video" ? "mp4" : "png";
  const id = Buffer.from(JSON.stringify(file)).toString("base64url");
  return `${origin}${filesPrefix}${id}.${extension}`;
}

/** Puts a simulator behind real HTTP on the loopback interface, with the faults of the network. */
export async function hostSimulator(
  createSimulator: (origin: string) => Simulator,
  options: {
    render: RenderFile;
    faults?: FaultPlan;
    isStart?: (request: SimulatedRequest) => boolean;
    port?: number;
  },
): Promise<SimulatorHost> {
  const requests: string[] = [];
  let simulator: Simulator | undefined;
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://simulator");
    if (url.pathname.startsWith(filesPrefix)) return sendFile(url.pathname, options.render, response);
    const simulated: SimulatedRequest = {
      method: request.method ?? "GET",
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers as Record<string, string | undefined>,
      text: String(await readBody(request, Number.POSITIVE_INFINITY)),
    };
    requests.push(`${simulated.method} ${simulated.path}`);
    const isStart = options.isStart?.(simulated) ?? false;
    const fault = options.faults?.takeTransportFault(isStart);
    if (fault !== undefined && fault !== "lost") return sendFault(fault, response);
    const result = simulator?.handle(simulated) ?? { status: 503 };
    if (fault === "lost") return void response.destroy();
    sendResponse(result, response);
  }

  const { origin, close } = await startLoopbackServer(answer, options.port);
  simulator = createSimulator(origin);
  return { origin, requests, close };
}

function sendFault(fault: Exclude<TransportFault, "lost">, response: ServerResponse): void {
  switch (fault) {
    case "reset":
      response.destroy();
      return;
    case "hang":
      return;
    case "html":
      response.writeHead(200, { "content-type": "text/html" });
      response.end("<html><body>Please wait</body></html>");
      return;
    case "unauthorized":
      response.writeHead(401, { "content-type": "application/json" });
      response.end('{"error":"Unauthorized"}');
      return;
    case "down":
      response.writeHead(503, { "content-type": "text/html" });
      response.end("<html><body>Service Unavailable</body></html>");
  }
}

function sendResponse(result: SimulatedResponse, response: ServerResponse): void {
  const body = result.body === undefined ? "" : JSON.stringify(result.body);
  response.writeHead(result.status, {
    ...(body === "" ? {} : { "content-type": "application/json" }),
    ...result.headers,
  });
  response.end(body);
}

async function sendFile(path: string, render: RenderFile, response: ServerResponse): Promise<void> {
  const id = path.slice(filesPrefix.length).replace(/\.\w+$/, "");
  const file = JSON.parse(Buffer.from(id, "base64url").toString()) as SimulatedFile;
  const rendered = await render(file);
  if (rendered === null) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, {
    "content-type": rendered.contentType,
    "content-length": String(rendered.bytes.byteLength),
  });
  response.end(rendered.bytes);
}

export interface RunningSimulation {
  readonly vendor: string;
  readonly host: SimulatorHost;
  readonly simulator: Simulator;
  readonly faults: FaultPlan;
}

/** Starts one vendor's simulator behind HTTP on a free loopback port. */
export async function startSimulation(
  simulation: VendorSimulation,
  options: {
    apiKey: string;
    clock: LocalClock;
    seed: number;
    faults: readonly FaultSpec[];
    render: RenderFile;
  },
): Promise<RunningSimulation> {
  const faults = new FaultPlan(options.faults.filter((fault) => fault.vendor === simulation.vendor));
  const random = seededRandom(options.seed);
  let simulator: Simulator | undefined;
  const host = await hostSimulator(
    (origin) => {
      simulator = simulation.create(
        {
          now: () => options.clock.now(),
          random,
          generationFault: () => faults.takeGenerationFault(),
          fileUrl: (file) => fileUrl(origin, file),
        },
        options.apiKey,
      );
      return simulator;
    },
    { render: options.render, faults, isStart: simulation.isStart },
  );
  if (simulator === undefined) throw new Error(`the ${simulation.vendor} simulator did not start`);
  return { vendor: simulation.vendor, host, simulator, faults };
}
