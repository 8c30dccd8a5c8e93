import { UnreachableError } from "../../src/domain/errors.js";
import type { HttpClient, HttpRequest, HttpResponse } from "../../src/providers/shared/http.js";
import type { FaultPlan, LineFault } from "../vendors/shared/faults.js";
import type { SimulatedRequest, Simulator, VendorSimulation } from "../vendors/shared/simulator.js";

/** A request of ours as a simulator would find it behind its host. */
function toSimulatedRequest(request: HttpRequest): SimulatedRequest {
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

/** The line to a simulator in this process: no sockets, the same faults, and no repetitions of its own. */
export function simulatedLine(
  simulator: Simulator,
  simulation: VendorSimulation,
  faults: FaultPlan,
  isUnplugged: () => boolean,
): HttpClient {
  return {
    async send(request) {
      if (isUnplugged()) throw silence("no");
      const simulated = toSimulatedRequest(request);
      const fault = faults.takeLineFault(simulation.isStart(simulated));
      if (fault !== undefined && fault !== "lost") return answerOf(fault);
      const { status, headers = {}, body } = simulator.handle(simulated);
      if (fault === "lost") throw silence("maybe");
      return answer(status, body === undefined ? "" : JSON.stringify(body), headers);
    },
  };
}

function answerOf(fault: Exclude<LineFault, "lost">): HttpResponse {
  switch (fault) {
    case "reset":
    case "hang":
      throw silence("maybe");
    case "html":
      return answer(200, "<html><body>Please wait</body></html>");
    case "unauthorized":
      return answer(401, '{"error":"Unauthorized"}');
    case "down":
      return answer(503, "<html><body>Service Unavailable</body></html>");
  }
}

function answer(status: number, text: string, headers: Readonly<Record<string, string>> = {}): HttpResponse {
  return { status, headers, text, unansweredBefore: false };
}

function silence(sent: "no" | "maybe"): UnreachableError {
  return new UnreachableError("the line is cut", { sent, code: sent === "no" ? "network" : "timeout" });
}
