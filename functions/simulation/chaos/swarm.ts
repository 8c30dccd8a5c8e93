import type { ConverterCapability } from "../../src/domain/output/conversion.js";
import { defaultPolicy, type Policy } from "../../src/domain/policy/policy.js";
import { type Chance, createChance } from "../kit/chance.js";

/**
 * What can go wrong, with the range of its rates: the share of the occasions at which it does.
 * Ranges are wide, since a fault that is everywhere hides what a rare one shows.
 */
const faults = {
  /** A process ends at a call to the world, before or after it took effect. */
  crash: [0.0005, 0.02],
  /** A process is paused for minutes, and then goes on as if nothing had happened. */
  pause: [0.0005, 0.02],
  databaseDown: [0.001, 0.04],
  /** Committed, and the caller is told that it was not. */
  commitUnknown: [0.001, 0.04],
  /** Somebody else's commit came in between; the decision is made again. */
  contention: [0.01, 0.3],
  enqueueFails: [0.01, 0.4],
  enqueueUnknown: [0.01, 0.3],
  taskLate: [0.01, 0.3],
  taskLost: [0.01, 0.3],
  taskTwice: [0.01, 0.5],
  downloadFails: [0.02, 0.4],
  /** The download takes up to half an hour. */
  downloadSlow: [0.05, 0.4],
  storageFails: [0.01, 0.2],
  /** Written, and the writer is told that it was not. */
  storageUnknown: [0.01, 0.2],
  inspectionFails: [0.01, 0.2],
  conversionFails: [0.02, 0.4],
  /** Made and stored, and whoever asked for it is told that it was not. */
  conversionUnknown: [0.02, 0.4],
  notifierFails: [0.05, 0.6],
  webhookLost: [0.05, 0.6],
  webhookLate: [0.05, 0.6],
  webhookTwice: [0.05, 0.6],
  webhookForged: [0.05, 0.5],
  /** By request of a user. */
  doubleClick: [0.05, 0.5],
  cancel: [0.05, 0.4],
  /** Cancelled while it is being started. */
  cancelEarly: [0.05, 0.5],
  refresh: [0.05, 0.5],
  topUp: [0.05, 0.3],
  retry: [0.1, 0.8],
} as const satisfies Record<string, readonly [number, number]>;
export type Fault = keyof typeof faults;

/** By call to a vendor, or by generation that it begins. */
const vendorFaults = {
  serverError: [0.02, 0.6],
  rateLimited: [0.02, 0.5],
  lostAnswer: [0.01, 0.4],
  reset: [0.01, 0.3],
  noConnection: [0.01, 0.4],
  hang: [0.01, 0.2],
  garbage: [0.01, 0.3],
  notFound: [0.005, 0.1],
  unauthorized: [0.005, 0.1],
  /** Of starts only. */
  badRequest: [0.01, 0.2],
  /** The vendor refuses a choice of our catalogue; of starts only. */
  refusedRow: [0.02, 0.4],
  /** A gateway's 404 in JSON. */
  gatewayNotFound: [0.02, 0.4],
  /** The vendor says once that it does not know a generation, which it does. */
  contradiction: [0.01, 0.2],
  /** An error under a status of success. */
  errorInSuccess: [0.02, 0.3],
  /** A kept connection that has died without a word. */
  deadSocket: [0.02, 0.4],
  oddStatus: [0.02, 0.5],
  fail: [0.02, 0.5],
  moderated: [0.02, 0.2],
  stuck: [0.02, 0.3],
  slow: [0.05, 0.6],
  /** Done before its start can be on record, so that a webhook comes too early. */
  quick: [0.05, 0.6],
  noCredits: [0.01, 0.2],
  atLimit: [0.02, 0.4],
  badFile: [0.02, 0.4],
} as const satisfies Record<string, readonly [number, number]>;
export type VendorFault = keyof typeof vendorFaults;

export type Rates<Kind extends string> = Readonly<Record<Kind, number>>;

/** The faults and settings of one world. */
export interface Swarm {
  readonly rates: Rates<Fault>;
  readonly vendors: Readonly<Record<string, Rates<VendorFault>>>;
  /** How long calls to the world take: the longer, the more processes interleave. */
  readonly latency: "none" | "short" | "long";
  /** How far the clocks of the instances are off, in milliseconds. */
  readonly skewsMs: readonly [number, ...number[]];
  readonly blackouts: readonly Blackout[];
  /** When every task in the queue is deleted; `null` for never. */
  readonly purgeAfterMs: number | null;
  /** For hours no task reaches its function; `null` for a queue that works. */
  readonly queueTrouble: QueueTrouble | null;
  /** The share of the files whose first download gives another one: cut, empty, a page, or packed. */
  readonly firstDownloadBad: number;
  readonly drains: readonly Drain[];
  readonly pauses: readonly Pause[];
  /** How often the administrator visits; `null` for never. */
  readonly visitEveryMs: number | null;
  /** Is it looked at again months later, when old jobs are deleted? */
  readonly isCleanedUp: boolean;
  /** Epoch milliseconds. */
  readonly startsAt: number;
  /** In which all requests arrive. */
  readonly arrivalMs: number;
  readonly welcomeCredits: number;
  readonly modelsPerVendor: number;
  /** The share of the requests that need more than one generation. */
  readonly shares: Shares;
  /** What the converter of the installation can do; `null` where there is none. */
  readonly converter: readonly ConverterCapability[] | null;
  /** Do vendors know where to report? Otherwise jobs go on by polls alone. */
  readonly webhooks: boolean;
  /** Does the bucket let anybody open a picture? Where its access is uniform that takes a policy of its own. */
  readonly opensPictures: boolean;
  readonly policy: Policy;
}

export interface Shares {
  readonly scene: number;
  readonly long: number;
  readonly batch: number;
}

export interface Blackout {
  readonly vendor: string;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly manner: "serverError" | "hang" | "reset" | "noConnection";
}

export interface QueueTrouble {
  readonly fromMs: number;
  readonly untilMs: number;
  /**
   * Tasks are not created (403: a role is missing); created, refused by their function and given up (403:
   * no invoker); or they wait until the queue is alive again.
   */
  readonly manner: "notCreated" | "notLetIn" | "dead";
}

/** An administrator takes a vendor out and puts it back. */
export interface Drain {
  readonly vendor: string;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly value: "off" | "drain";
}

/** New starts are stopped at a vendor, or at all of them (`null`), and allowed again. */
export interface Pause {
  readonly vendor: string | null;
  readonly fromMs: number;
  readonly untilMs: number;
}

const noon = Date.UTC(2026, 10, 21, 12);
/** Days end while jobs are under way. */
const lateEvening = Date.UTC(2026, 10, 21, 23, 40);
const instances = 4;
const longestSkewMs = 120_000;

/** Draws a random subset of the faults: a fault may show alone what it hides together with others. */
export function drawSwarm(seed: number, vendors: readonly string[]): Swarm {
  const chance = createChance(seed);
  const arrivalMs = chance.pick([5_000, 300_000, 1_200_000]);
  return {
    rates: drawRates(faults, 0.35, chance),
    vendors: Object.fromEntries(vendors.map((vendor) => [vendor, drawRates(vendorFaults, 0.2, chance)])),
    latency: chance.pick(["none", "short", "long"]),
    skewsMs: drawSkews(chance),
    blackouts: vendors.flatMap((vendor) => drawBlackouts(vendor, chance)),
    purgeAfterMs: chance.happens(0.3) ? chance.between(0, arrivalMs + 600_000) : null,
    drains: chance.happens(0.15) ? [drawDrain(vendors, chance)] : [],
    pauses: chance.happens(0.15) ? [drawPause(vendors, chance)] : [],
    visitEveryMs: chance.happens(0.3) ? chance.logBetween(120_000, 900_000) : null,
    isCleanedUp: chance.happens(0.1),
    startsAt: chance.happens(0.2) ? lateEvening : noon,
    arrivalMs,
    welcomeCredits: chance.pick([20, 60, 1_000, 5_000]),
    modelsPerVendor: 1 + chance.below(4),
    shares: drawShares(chance),
    converter: chance.pick([null, ["join"], ["join", "lastFrame"]]),
    webhooks: chance.happens(0.15),
    policy: drawPolicy(vendors, chance),
    // Drawn last, so that the rest of a world stays as it was.
    queueTrouble: chance.happens(0.2) ? drawQueueTrouble(arrivalMs, chance) : null,
    opensPictures: !chance.happens(0.3),
    firstDownloadBad: chance.happens(0.35) ? chance.logBetween(0.05, 1) : 0,
  };
}

const uncapped: Policy["budgets"] = {
  user: { usd: null, credits: null },
  providers: {},
  installation: { usd: null },
};

/** A world without faults of its own. */
export function faultlessSwarm(vendors: readonly string[]): Swarm {
  const zeroRates = <Kind extends string>(kinds: Readonly<Record<Kind, unknown>>): Rates<Kind> =>
    ratesOf(kinds, () => 0);
  return {
    rates: zeroRates(faults),
    vendors: Object.fromEntries(vendors.map((vendor) => [vendor, zeroRates(vendorFaults)])),
    latency: "none",
    skewsMs: [0],
    blackouts: [],
    purgeAfterMs: null,
    queueTrouble: null,
    firstDownloadBad: 0,
    drains: [],
    pauses: [],
    visitEveryMs: null,
    isCleanedUp: false,
    startsAt: noon,
    arrivalMs: 0,
    welcomeCredits: 1_000,
    modelsPerVendor: 100,
    shares: { scene: 0, long: 0, batch: 0 },
    converter: null,
    webhooks: false,
    opensPictures: true,
    policy: { ...defaultPolicy, budgets: uncapped },
  };
}

function drawRates<Kind extends string>(
  ranges: Readonly<Record<Kind, readonly [number, number]>>,
  share: number,
  chance: Chance,
): Rates<Kind> {
  return ratesOf(ranges, ([low, high]) => (chance.happens(share) ? chance.logBetween(low, high) : 0));
}

function ratesOf<Kind extends string, Value>(
  kinds: Readonly<Record<Kind, Value>>,
  rate: (value: Value) => number,
): Rates<Kind> {
  const entries = Object.entries<Value>(kinds).map(([kind, value]) => [kind, rate(value)]);
  return Object.fromEntries(entries) as Rates<Kind>;
}

function drawSkews(chance: Chance): readonly [number, ...number[]] {
  if (chance.happens(0.7)) return [0];
  const skew = () => Math.round(chance.between(-longestSkewMs, longestSkewMs));
  return [0, ...Array.from({ length: instances - 1 }, skew)];
}

function drawBlackouts(vendor: string, chance: Chance): Blackout[] {
  if (chance.happens(0.75)) return [];
  const fromMs = chance.between(0, 1_800_000);
  const untilMs = fromMs + chance.logBetween(60_000, 1_200_000);
  return [{ vendor, fromMs, untilMs, manner: chance.pick(["serverError", "hang", "reset", "noConnection"]) }];
}

function drawQueueTrouble(arrivalMs: number, chance: Chance): QueueTrouble {
  const fromMs = chance.happens(0.5) ? 0 : chance.between(0, arrivalMs + 300_000);
  return {
    fromMs,
    untilMs: fromMs + chance.between(3_600_000, 14_400_000),
    manner: chance.pick(["notCreated", "notLetIn", "dead"]),
  };
}

function drawDrain(vendors: readonly string[], chance: Chance): Drain {
  const fromMs = chance.between(0, 1_200_000);
  return {
    vendor: vendors[chance.below(vendors.length)] ?? "",
    fromMs,
    untilMs: fromMs + chance.logBetween(10_000, 900_000),
    value: chance.pick(["off", "drain"]),
  };
}

function drawPause(vendors: readonly string[], chance: Chance): Pause {
  const fromMs = chance.between(0, 1_200_000);
  const [first = "", ...others] = vendors;
  return {
    vendor: chance.pick([null, first, ...others]),
    fromMs,
    untilMs: fromMs + chance.logBetween(60_000, 900_000),
  };
}

function drawShares(chance: Chance): Shares {
  const share = (most: number) => (chance.happens(0.18) ? chance.logBetween(0.03, most) : 0);
  return { scene: share(0.3), long: share(0.1), batch: share(0.2) };
}

/** Caps of which some are used up in the middle of a history. */
function drawBudgets(vendors: readonly string[], chance: Chance): Policy["budgets"] {
  if (chance.happens(0.85)) return uncapped;
  const cap = (low: number, high: number) =>
    chance.happens(0.5) ? Math.round(chance.logBetween(low, high)) : null;
  return {
    user: { usd: cap(4, 40), credits: cap(60, 600) },
    providers: Object.fromEntries(
      vendors.map((vendor) => [vendor, { usd: cap(3, 60), seconds: cap(40, 600) }]),
    ),
    installation: { usd: cap(12, 200) },
  };
}

function drawPolicy(vendors: readonly string[], chance: Chance): Policy {
  const { limits } = defaultPolicy;
  return {
    ...defaultPolicy,
    tierProfiles: { free: chance.pick(["balanced", "cheapest", "fastest", "best"]) },
    budgets: drawBudgets(vendors, chance),
    hedge: { enabled: chance.happens(0.3) },
    ambiguous: {
      action: chance.pick(["wait", "failOver"]),
      waitSeconds: Math.round(chance.logBetween(30, 900)),
    },
    limits: {
      ...limits,
      maxAttempts: 1 + chance.below(4),
      maxRefusals: 1 + chance.below(6),
      deadlineSeconds: Math.round(chance.logBetween(120, 3_600)),
      timeoutFactor: chance.pick([1, 2, 3]),
      storeTries: 1 + chance.below(5),
      startsPerUserPerMinute: chance.pick([4, 15, 60]),
    },
  };
}
