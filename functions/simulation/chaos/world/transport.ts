import { UnreachableError } from "../../../src/domain/errors.js";
import {
  createCopies,
  type HttpClient,
  type HttpRequest,
  type HttpResponse,
} from "../../../src/providers/shared/http.js";
import type { Chance } from "../../kit/chance.js";
import { neverAnswered } from "../../kit/intercept-calls.js";
import { httpResponse, toSimulatedRequest, unreachable } from "../../kit/transport.js";
import type { SimulatedRequest } from "../../vendors/shared/simulator.js";
import type { Rates, VendorFault } from "../swarm.js";
import { gatewayNotFound, type VendorWords } from "./vendor-words.js";

/** What a transport needs to know of the world around it. */
export interface TransportWorld {
  readonly chance: Chance;
  readonly rates: Rates<VendorFault>;
  now(): number;
  sleep(delayMs: number): Promise<void>;
  /** Is the process on our end still alive? A dead one neither waits nor sends. */
  isAlive(): boolean;
  /** The vendor's side: what it answers when the request reaches it. */
  handle(request: SimulatedRequest): HttpResponse;
  isStart(request: SimulatedRequest): boolean;
  /** The outage of the vendor that is going on now. */
  blackout(): TransportFault | undefined;
  /** The answer to this request says that the vendor does not know what it asks for. */
  deny(request: SimulatedRequest): void;
  /** How this vendor speaks. */
  readonly words: VendorWords;
}

const transportFaults = [
  "serverError",
  "rateLimited",
  "lostAnswer",
  "reset",
  "noConnection",
  "hang",
  "garbage",
  "notFound",
  "unauthorized",
  "badRequest",
  "refusedRow",
  "gatewayNotFound",
  "contradiction",
  "errorInSuccess",
  "deadSocket",
  "oddStatus",
] as const satisfies readonly VendorFault[];
type TransportFault = (typeof transportFaults)[number];

/** As many copies as the real client sends, without its short waits. */
const maxCopies = 3;
const timeoutMs = 30_000;

/** The HTTP client of a process: retries as the real one does, and ends at a simulator. */
export function createTransport(world: TransportWorld): HttpClient {
  return {
    async send(request) {
      if (!request.repeatable) return sendOnce(world, request);
      const copies = createCopies();
      for (let copy = 0; copy < maxCopies; copy += 1) {
        try {
          const response = copies.answered(await sendOnce(world, request));
          if (response !== null) return response;
        } catch (error) {
          if (!(error instanceof UnreachableError)) throw error;
          copies.failed(error);
        }
      }
      return copies.outcome();
    },
  };
}

async function sendOnce(world: TransportWorld, request: HttpRequest): Promise<HttpResponse> {
  if (!world.isAlive()) return neverAnswered();
  const simulated = toSimulatedRequest(request);
  const fault = world.blackout() ?? drawFault(world, world.isStart(simulated));
  if (fault === undefined) return world.handle(simulated);
  switch (fault) {
    case "serverError":
      return serverError(world, simulated);
    case "rateLimited":
      return tooMany(world.chance, world.now());
    case "lostAnswer":
      world.handle(simulated);
      return noAnswer(world);
    case "hang":
      return noAnswer(world);
    case "reset":
      throw unreachable("maybe", "network");
    case "noConnection":
      throw unreachable("no", "network");
    case "garbage": {
      const honest = world.handle(simulated);
      // The client cuts an answer off that is too large.
      if (world.chance.happens(0.1)) throw unreachable("maybe", "network");
      return garbled(honest, world.chance);
    }
    case "notFound":
      return httpResponse(404, page);
    case "gatewayNotFound":
      return httpResponse(404, JSON.stringify(world.chance.pick(gatewayNotFound)));
    case "contradiction":
      world.deny(simulated);
      return spoken(world.words.noSuchTask(simulated));
    case "unauthorized":
      return httpResponse(401, '{"error":"Unauthorized"}');
    case "badRequest":
      // In its own words a vendor refuses every copy of a start alike, which by chance it would not.
      return request.repeatable
        ? httpResponse(400, '{"error":"Invalid request"}')
        : spoken(world.words.badInput(simulated));
    case "refusedRow":
      return spoken(world.words.outdated(simulated));
    case "errorInSuccess":
      return spoken(world.words.errorInSuccess(simulated));
    case "deadSocket":
      // Only what may be sent again goes out on a kept connection.
      if (!request.repeatable) return world.handle(simulated);
      throw unreachable("maybe", "network");
    case "oddStatus":
      return oddStatus(world.handle(simulated));
  }
}

const faultsOfStarts: ReadonlySet<TransportFault> = new Set(["badRequest", "refusedRow"]);
const faultsOfReads: ReadonlySet<TransportFault> = new Set(["notFound", "contradiction"]);

/**
 * One draw decides which fault, if any, this request meets. A start cannot be "not found", and only a
 * start has an input that can be refused.
 */
function drawFault({ chance, rates }: TransportWorld, isStart: boolean): TransportFault | undefined {
  let left = chance.next();
  for (const fault of transportFaults) {
    left -= rates[fault];
    if (left < 0) return (isStart ? faultsOfReads : faultsOfStarts).has(fault) ? undefined : fault;
  }
  return undefined;
}

function spoken({ status, body }: { readonly status: number; readonly body: unknown }): HttpResponse {
  return httpResponse(status, JSON.stringify(body));
}

/** 502 and 503 are load shedding; behind a 500 or 504 the work may have been begun. */
function serverError(world: TransportWorld, request: SimulatedRequest): HttpResponse {
  const status = world.chance.pick([500, 502, 503, 504]);
  if ((status === 500 || status === 504) && world.chance.happens(0.5)) world.handle(request);
  return overloaded(status, world.chance);
}

async function noAnswer(world: TransportWorld): Promise<never> {
  await world.sleep(timeoutMs);
  if (!world.isAlive()) return neverAnswered();
  throw unreachable("maybe", "timeout");
}

/** Answers of proxies and overloaded servers. */
const page = "<html><body>Please wait</body></html>";

function overloaded(status: number, chance: Chance): HttpResponse {
  return httpResponse(status, chance.happens(0.5) ? page : '{"error":"Service temporarily unavailable"}');
}

/** Every kind of `Retry-After`, sensible or not. */
function tooMany(chance: Chance, now: number): HttpResponse {
  const waits = [
    null,
    "7",
    "0.5",
    "-3",
    "86400",
    "",
    "soon",
    new Date(now + 20_000).toUTCString(),
    new Date(now - 3_600_000).toUTCString(),
  ];
  const wait = waits[chance.below(waits.length)] ?? null;
  return httpResponse(429, '{"error":"Too many requests"}', wait === null ? {} : { "retry-after": wait });
}

/** An answer of the right status with a broken body. */
function garbled(honest: HttpResponse, chance: Chance): HttpResponse {
  const text = honest.text;
  switch (chance.below(5)) {
    case 0:
      return httpResponse(200, page);
    case 1:
      return httpResponse(200, text.slice(0, Math.floor(text.length / 2)));
    case 2:
      return httpResponse(200, "[".repeat(5_000));
    case 3:
      return httpResponse(200, chance.pick(["null", "7", '"done"', "[]", "{}", ""]));
    default:
      return httpResponse(honest.status, JSON.stringify(wrongTypes(parse(text))));
  }
}

/** The same answer with an unknown status word. */
function oddStatus(honest: HttpResponse): HttpResponse {
  return { ...honest, text: honest.text.replaceAll(/"status":"\w+"/g, '"status":"REFLECTING"') };
}

function wrongTypes(value: unknown): unknown {
  if (Array.isArray(value)) return { 0: value.map(wrongTypes) };
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, wrongTypes(member)]));
  }
  return typeof value === "number" ? String(value) : 7;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
