import type { VideoProvider } from "../../../src/domain/provider/provider.js";
import { vendors } from "../../../src/providers/index.js";
import type { HttpResponse } from "../../../src/providers/shared/http.js";
import type { Vendor } from "../../../src/providers/shared/vendor.js";
import type { Chance } from "../../kit/chance.js";
import { createVendorClient, toHttpResponse } from "../../kit/transport.js";
import type { VirtualTime } from "../../kit/virtual-time.js";
import { simulationOf } from "../../vendors/index.js";
import {
  fileDefects,
  type GenerationFault,
  type SimulatedFile,
  type SimulatedRequest,
  type SimulatedWebhook,
} from "../../vendors/shared/simulator.js";
import type { Rates, Swarm, VendorFault } from "../swarm.js";
import { attemptOfKey, type Bill, type Departure } from "./bills.js";
import { createTransport } from "./transport.js";
import { type VendorWords, vendorWords } from "./vendor-words.js";

const apiKey = "chaos-key";
export const vendorIds = vendors.map((vendor) => vendor.id);

/** Our end of a connection: one process. */
export interface Caller {
  now(): number;
  isAlive(): boolean;
}

const nobody: Caller = { now: () => 0, isAlive: () => false };

/** The simulated vendors of one world, and what they bill. */
export interface VendorWorld {
  readonly sites: readonly VendorSite[];
  bills(): readonly Bill[];
  /** When the vendor has finished it; Infinity for never. */
  finishedAt(bill: Bill): number;
  /** What vendors have reported since the last call. */
  takeWebhooks(): readonly SimulatedWebhook[];
}

/** The start that a client is created for: not every vendor's API carries its key. */
export interface StartCall {
  readonly key: string;
  readonly departure: Departure;
}

/** One vendor, and the way to it. */
export interface VendorSite {
  /** What its client says of itself; not to be called. */
  readonly provider: VideoProvider;
  /** The real client with a transport of its own. */
  createClient(caller: Caller, start: StartCall | null): VideoProvider;
  finishedAt(generationId: string): number | undefined;
  takeWebhooks(): readonly SimulatedWebhook[];
}

export interface VendorWorldOptions {
  readonly time: VirtualTime;
  readonly start: number;
  readonly chance: Chance;
  readonly swarm: Swarm;
  /** Are there no new faults from now on? */
  readonly areFaultsStopped: () => boolean;
  publish(file: SimulatedFile): string;
  onBill(bill: Bill): void;
}

export function createVendorWorld(options: VendorWorldOptions): VendorWorld {
  const bills: Bill[] = [];
  const sites = vendors.map((vendor) => createSite(vendor, options, bills));
  return {
    sites,
    bills: () => bills,
    finishedAt: ({ vendor, generation }) =>
      sites.find(({ provider }) => provider.id === vendor)?.finishedAt(generation.id) ??
      Number.POSITIVE_INFINITY,
    takeWebhooks: () => sites.flatMap((site) => site.takeWebhooks()),
  };
}

function createSite(vendor: Vendor, options: VendorWorldOptions, bills: Bill[]): VendorSite {
  const { time, start, chance, swarm, areFaultsStopped, publish, onBill } = options;
  const simulation = simulationOf(vendor.id);
  const blackouts = swarm.blackouts.filter((blackout) => blackout.vendor === vendor.id);
  const noFaults = zeroRates(swarm.vendors[vendor.id]);
  const rates = () => (areFaultsStopped() ? noFaults : (swarm.vendors[vendor.id] ?? noFaults));
  /** What goes wrong with the generation that is being started now. */
  const drawn: { generationFault: GenerationFault | undefined } = { generationFault: undefined };
  const simulator = simulation.create(
    {
      now: time.now,
      random: chance.next,
      generationFault: () => {
        drawn.generationFault = drawGenerationFault(rates(), chance);
        return drawn.generationFault;
      },
      fileUrl: publish,
    },
    apiKey,
  );

  function handle(request: SimulatedRequest, call: StartCall | null): HttpResponse {
    if (request.method === "DELETE") sayGone(request.path);
    else noteAnswer(request.path + request.text);
    const paidFor = call !== null && simulation.isStart(request) ? call : null;
    const before = paidFor === null ? 0 : simulator.paidStarts().length;
    drawn.generationFault = undefined;
    const response = simulator.handle(request);
    const generation = paidFor === null ? undefined : simulator.paidStarts()[before];
    if (paidFor !== null && generation !== undefined) {
      const bill: Bill = {
        vendor: vendor.id,
        ...attemptOfKey(paidFor.key),
        departure: paidFor.departure,
        generation,
        generationFault: generationFaultOf(drawn),
        saidGone: false,
        answeredAt: null,
        denials: 0,
      };
      bills.push(bill);
      onBill(bill);
    }
    return toHttpResponse(response);
  }

  function sayGone(text: string): void {
    for (const bill of bills) if (text.includes(bill.generation.id)) bill.saidGone = true;
  }

  function noteAnswer(text: string): void {
    for (const bill of bills) if (text.includes(bill.generation.id)) bill.answeredAt = time.now();
  }

  /** One such answer may be out of line; two of them are the vendor's word. */
  function deny(text: string): void {
    for (const bill of bills) {
      if (!text.includes(bill.generation.id)) continue;
      bill.denials += 1;
      if (bill.denials > 1) bill.saidGone = true;
    }
  }

  function createClient(caller: Caller, call: StartCall | null): VideoProvider {
    const http = createTransport({
      chance,
      get rates() {
        return rates();
      },
      now: time.now,
      sleep: time.sleep,
      isAlive: caller.isAlive,
      isStart: (request) => call !== null && simulation.isStart(request),
      handle: (request) => handle(request, call),
      blackout: () => {
        const elapsed = time.now() - start;
        if (areFaultsStopped()) return undefined;
        return blackouts.find(({ fromMs, untilMs }) => elapsed >= fromMs && elapsed < untilMs)?.manner;
      },
      deny: (request) => deny(request.path + request.text),
      words: wordsOf(vendor.id),
    });
    return createVendorClient(vendor, { apiKey, http, now: caller.now });
  }

  return {
    provider: createClient(nobody, null),
    createClient,
    finishedAt: (generationId) => simulator.paidStarts().find(({ id }) => id === generationId)?.endsAt,
    takeWebhooks: simulator.takeWebhooks,
  };
}

function wordsOf(vendor: string): VendorWords {
  const words = vendorWords[vendor];
  if (words === undefined) throw new Error(`nobody knows how ${vendor} speaks`);
  return words;
}

function generationFaultOf(drawn: {
  readonly generationFault: GenerationFault | undefined;
}): GenerationFault["type"] | null {
  return drawn.generationFault?.type ?? null;
}

function drawGenerationFault(rates: Rates<VendorFault>, chance: Chance): GenerationFault | undefined {
  if (chance.happens(rates.fail)) return { type: "fail" };
  if (chance.happens(rates.moderated)) return { type: "moderated" };
  if (chance.happens(rates.stuck)) return { type: "stuck" };
  if (chance.happens(rates.noCredits)) return { type: "no-credits" };
  if (chance.happens(rates.atLimit)) return { type: "rate-limit" };
  if (chance.happens(rates.quick)) return { type: "slow", factor: chance.logBetween(0.001, 0.05) };
  if (chance.happens(rates.badFile)) return { type: "bad-output", defect: chance.pick(fileDefects) };
  return chance.happens(rates.slow) ? { type: "slow", factor: chance.between(2, 10) } : undefined;
}

function zeroRates(rates: Rates<VendorFault> | undefined): Rates<VendorFault> {
  const names = Object.keys(rates ?? {}).map((name) => [name, 0]);
  return Object.fromEntries(names) as Rates<VendorFault>;
}
