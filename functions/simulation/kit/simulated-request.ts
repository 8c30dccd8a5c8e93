import type { HttpRequest } from "../../src/providers/shared/http.js";
import type { SimulatedRequest } from "../vendors/shared/simulator.js";

/** A request of ours as a simulator would find it behind its host. */
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
