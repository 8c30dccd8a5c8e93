import { UnreachableError } from "../../src/domain/errors.js";
import type { VideoProvider } from "../../src/domain/provider/provider.js";
import type { WebhookCall } from "../../src/engine/poll/receive-webhook.js";
import type { HttpClient, HttpRequest, HttpResponse } from "../../src/providers/shared/http.js";
import type { Vendor } from "../../src/providers/shared/vendor.js";
import type { FaultPlan, TransportFault } from "../vendors/shared/faults.js";
import type {
  SimulatedRequest,
  SimulatedResponse,
  SimulatedWebhook,
  Simulator,
  VendorSimulation,
} from "../vendors/shared/simulator.js";

/** The real client of a vendor, with its default settings. */
export function createVendorClient(
  vendor: Vendor,
  options: { apiKey: string; http: HttpClient; now: () => number; baseUrl?: string },
): VideoProvider {
  const settings = Object.entries(vendor.settings).map(([name, setting]) => [name, setting.default]);
  return vendor.create({
    baseUrl: vendor.defaultBaseUrl,
    settings: Object.fromEntries(settings),
    ...options,
  });
}

/** Takes requests to a simulator in this process: no sockets, the same faults, and no retries of its own. */
export function simulatedTransport(
  simulator: Simulator,
  simulation: VendorSimulation,
  faults: FaultPlan,
  isUnplugged: () => boolean,
): HttpClient {
  return {
    async send(request) {
      if (isUnplugged()) throw unreachable("no", "network");
      const simulated = toSimulatedRequest(request);
      const fault = faults.takeTransportFault(simulation.isStart(simulated));
      if (fault !== undefined && fault !== "lost") return faultyResponse(fault);
      const response = simulator.handle(simulated);
      if (fault === "lost") throw unreachable("maybe", "timeout");
      return toHttpResponse(response);
    },
  };
}

function faultyResponse(fault: Exclude<TransportFault, "lost">): HttpResponse {
  switch (fault) {
    case "reset":
    case "hang":
      throw unreachable("maybe", "timeout");
    case "html":
      return httpResponse(200, "<html><body>Please wait</body></html>");
    case "unauthorized":
      return httpResponse(401, '{"error":"Unauthorized"}');
    case "down":
      return httpResponse(503, "<html><body>Service Unavailable</body></html>");
  }
}

/** A request of ours as a simulator finds it behind its host. */
export function toSimulatedRequest(request: HttpRequest): SimulatedRequest {
  const url = new URL(request.url);
  const headers = Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]);
  return {
    method: request.method,
    path: url.pathname,
    query: url.searchParams,
    headers: Object.fromEntries(headers),
    text: request.body === undefined ? "" : JSON.stringify(request.body),
  };
}

export function toHttpResponse({ status, headers, body }: SimulatedResponse): HttpResponse {
  return httpResponse(status, body === undefined ? "" : JSON.stringify(body), headers);
}

export function httpResponse(
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): HttpResponse {
  return { status, headers, text, unansweredBefore: false };
}

export function unreachable(sent: "no" | "maybe", code: "network" | "timeout"): UnreachableError {
  return new UnreachableError("the line is cut", { sent, code });
}

/** Like the vendors: doubling waits after whatever is not 2xx. Theirs go on for up to a day. */
export function webhookRetryMs(tries: number): number {
  return 1_000 * 2 ** (tries - 1);
}

/** A webhook of a simulator as our endpoint finds it. */
export function toWebhookCall({ url, headers, body }: SimulatedWebhook, receivedAt: number): WebhookCall {
  const { pathname, searchParams } = new URL(url);
  const { job = "", attempt = "", token } = Object.fromEntries(searchParams);
  return {
    provider: pathname.split("/").at(-1) ?? "",
    claim: token === undefined ? null : { jobId: job, attempt: Number(attempt), token },
    delivery: { rawBody: Buffer.from(body), headers, receivedAt },
  };
}
