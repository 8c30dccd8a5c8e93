import type { Chance } from "../../bench/chance.js";
import type { VideoProvider } from "../../domain/provider/provider.js";
import { simulations } from "../../local/simulations.js";
import { vendors } from "../../providers/index.js";
import type { HttpResponse } from "../../providers/shared/http.js";
import type { Mishap, SimulatedFile, SimulatedRequest, Simulator } from "../../providers/shared/simulator.js";
import { fileDefects } from "../../providers/shared/simulator.js";
import type { Vendor, VendorSimulation } from "../../providers/shared/vendor.js";
import type { Rates, Swarm, VendorFault } from "../swarm.js";
import type { VirtualTime } from "../virtual-time.js";
import { attemptOfKey, type Bill } from "./bills.js";
import { answer } from "./broken-answers.js";
import { createLine } from "./line.js";

const apiKey = "chaos-key";
export const vendorIds = vendors.map((vendor) => vendor.id);

/** The end of a line that belongs to us: one process. */
export interface Caller {
  now(): number;
  isAlive(): boolean;
}

const nobody: Caller = { now: () => 0, isAlive: () => false };

/** The simulated vendors of one world, and what they bill. */
export interface VendorWorld {
  readonly sites: readonly VendorSite[];
  bills(): readonly Bill[];
}

/** One vendor, and the way to it. */
export interface VendorSite {
  /** What its client says of itself; not to be called. */
  readonly provider: VideoProvider;
  /** The real client on a line of its own. Not every vendor's wire carries the key of a start; the line knows it. */
  createClient(caller: Caller, key: string): VideoProvider;
}

export interface VendorWorldOptions {
  readonly time: VirtualTime;
  readonly start: number;
  readonly chance: Chance;
  readonly swarm: Swarm;
  /** No new trouble from now on. */
  readonly isCalm: () => boolean;
  publish(file: SimulatedFile): string;
  onBill(bill: Bill): void;
}

export function createVendorWorld(options: VendorWorldOptions): VendorWorld {
  const bills: Bill[] = [];
  const sites = vendors.map((vendor) => createSite(vendor, options, bills));
  return {
    sites,
    bills: () => bills,
  };
}

function createSite(vendor: Vendor, options: VendorWorldOptions, bills: Bill[]): VendorSite {
  const { time, start, chance, swarm, isCalm, publish, onBill } = options;
  const simulation = simulationOf(vendor);
  const settings = Object.fromEntries(
    Object.entries(vendor.settings).map(([name, setting]) => [name, setting.default]),
  );
  const blackouts = swarm.blackouts.filter((blackout) => blackout.vendor === vendor.id);
  const calm = quiet(swarm.vendors[vendor.id]);
  const rates = () => (isCalm() ? calm : (swarm.vendors[vendor.id] ?? calm));
  /** What goes wrong with the generation that is being started now. */
  const lot: { mishap: Mishap | undefined } = { mishap: undefined };
  const simulator = simulation.create(
    {
      now: time.now,
      random: chance.next,
      mishap: () => {
        lot.mishap = drawMishap(rates(), chance);
        return lot.mishap;
      },
      fileUrl: publish,
    },
    apiKey,
  );

  function isStart(request: SimulatedRequest, key: string): boolean {
    return key !== "" && simulation.isStart(request);
  }

  function handle(request: SimulatedRequest, key: string): HttpResponse {
    if (request.method === "DELETE") sayGone(request.path);
    const mayBePaid = isStart(request, key);
    const before = mayBePaid ? simulator.paidStarts().length : 0;
    lot.mishap = undefined;
    const response = simulator.handle(request);
    const generation = mayBePaid ? simulator.paidStarts()[before] : undefined;
    if (generation !== undefined) {
      const bill: Bill = {
        vendor: vendor.id,
        ...attemptOfKey(key),
        generation,
        mishap: mishapOf(lot),
        saidGone: false,
      };
      bills.push(bill);
      onBill(bill);
    }
    return toHttp(response);
  }

  function sayGone(text: string): void {
    for (const bill of bills) if (text.includes(bill.generation.id)) bill.saidGone = true;
  }

  function createClient(caller: Caller, key: string): VideoProvider {
    const line = createLine({
      chance,
      get rates() {
        return rates();
      },
      now: time.now,
      sleep: time.sleep,
      isAlive: caller.isAlive,
      isStart: (request) => isStart(request, key),
      handle: (request) => handle(request, key),
      blackout: () => {
        const elapsed = time.now() - start;
        if (isCalm()) return undefined;
        return blackouts.find(({ fromMs, untilMs }) => elapsed >= fromMs && elapsed < untilMs)?.manner;
      },
      sayGone: (request) => sayGone(request.path + request.text),
    });
    const baseUrl = vendor.defaultBaseUrl;
    return vendor.create({ apiKey, baseUrl, settings, http: line, now: caller.now });
  }

  return { provider: createClient(nobody, ""), createClient };
}

function mishapOf(lot: { readonly mishap: Mishap | undefined }): Mishap["type"] | null {
  return lot.mishap?.type ?? null;
}

function simulationOf(vendor: Vendor): VendorSimulation {
  const simulation = simulations.find((candidate) => candidate.vendor === vendor.id);
  if (simulation === undefined) throw new Error(`no simulation of ${vendor.id}`);
  return simulation;
}

function toHttp({ status, headers, body }: ReturnType<Simulator["handle"]>): HttpResponse {
  return answer(status, body === undefined ? "" : JSON.stringify(body), headers);
}

function drawMishap(rates: Rates<VendorFault>, chance: Chance): Mishap | undefined {
  if (chance.happens(rates.fail)) return { type: "fail" };
  if (chance.happens(rates.moderated)) return { type: "moderated" };
  if (chance.happens(rates.stuck)) return { type: "stuck" };
  if (chance.happens(rates.noCredits)) return { type: "no-credits" };
  if (chance.happens(rates.atLimit)) return { type: "rate-limit" };
  if (chance.happens(rates.badFile)) return { type: "bad-output", defect: chance.pick(fileDefects) };
  return chance.happens(rates.slow) ? { type: "slow", factor: chance.between(2, 10) } : undefined;
}

function quiet(rates: Rates<VendorFault> | undefined): Rates<VendorFault> {
  const names = Object.keys(rates ?? {}).map((name) => [name, 0]);
  return Object.fromEntries(names) as Rates<VendorFault>;
}
