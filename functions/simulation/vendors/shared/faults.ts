import { type FileDefect, fileDefects, type GenerationFault, type SimulatedWebhook } from "./simulator.js";

/** Faults of the network between us and a vendor; the simulator itself never sees them. */
const transportFaults = ["down", "reset", "lost", "hang", "html", "unauthorized"] as const;
export type TransportFault = (typeof transportFaults)[number];

/** Faults of a webhook between the vendor and us; see `copiesOf`. */
const webhookFaults = ["webhook-lost", "webhook-late", "webhook-repeated", "webhook-forged"] as const;
type WebhookFault = (typeof webhookFaults)[number];

/** One injected fault: which vendor, what, and how many times (absent: always). */
export interface FaultSpec {
  readonly vendor: string;
  readonly fault: TransportFault | WebhookFault | GenerationFault["type"];
  readonly value?: string;
  readonly times?: number;
}

const generationFaultTypes = [
  "fail",
  "moderated",
  "stuck",
  "slow",
  "no-credits",
  "rate-limit",
  "bad-output",
] as const;

/**
 * Reads `vendor:fault`, `vendor:fault=value` and `vendor:fault*times`, for example
 * `runway:down`, `heygen:slow=4`, `runware:bad-output=truncated*1`.
 * Throws an `Error` whose message names the remedy.
 */
export function parseFault(text: string, vendors: readonly string[]): FaultSpec {
  const match = /^([a-z]+):([a-z-]+)(?:=([a-z0-9.-]+))?(?:\*(\d+))?$/.exec(text);
  const [, vendor = "", fault = "", value, times] = match ?? [];
  const known = [...transportFaults, ...webhookFaults, ...generationFaultTypes];
  if (!vendors.includes(vendor) || !known.some((name) => name === fault)) {
    throw new Error(
      `unknown fault "${text}": write vendor:fault, for example ${vendors[0]}:down; ` +
        `vendors are ${vendors.join(", ")}; faults are ${known.join(", ")}`,
    );
  }
  if (fault === "bad-output" && value !== undefined && !fileDefects.some((defect) => defect === value)) {
    throw new Error(`unknown defect "${value}": one of ${fileDefects.join(", ")}`);
  }
  return {
    vendor,
    fault: fault as FaultSpec["fault"],
    ...(value === undefined ? {} : { value }),
    ...(times === undefined ? {} : { times: Number(times) }),
  };
}

/** Hands out the injected faults of one vendor, each as often as its spec says. */
export class FaultPlan {
  readonly #left: { spec: FaultSpec; times: number }[];

  constructor(specs: readonly FaultSpec[]) {
    this.#left = [];
    for (const spec of specs) this.add(spec);
  }

  add(spec: FaultSpec): void {
    this.#left.push({ spec, times: spec.times ?? Number.POSITIVE_INFINITY });
  }

  /** The fault of the network for a request that is a paid start or any other call. */
  takeTransportFault(isStart: boolean): TransportFault | undefined {
    const spec = this.#take((candidate) => {
      if (!isTransportFault(candidate.fault)) return false;
      // A lost answer only matters for starts. A fault with a number counts starts only, so that
      // `down*2` means two refused starts, whatever else is asked in between.
      return isStart || (candidate.fault !== "lost" && candidate.times === undefined);
    });
    return spec === undefined ? undefined : (spec.fault as TransportFault);
  }

  takeGenerationFault(): GenerationFault | undefined {
    const spec = this.#take(({ fault }) => !isTransportFault(fault) && !isWebhookFault(fault));
    return spec === undefined ? undefined : toGenerationFault(spec);
  }

  takeWebhookFault(): FaultSpec | undefined {
    return this.#take(({ fault }) => isWebhookFault(fault));
  }

  #take(matches: (spec: FaultSpec) => boolean): FaultSpec | undefined {
    const entry = this.#left.find((candidate) => candidate.times > 0 && matches(candidate.spec));
    if (entry === undefined) return undefined;
    entry.times -= 1;
    return entry.spec;
  }
}

function isTransportFault(fault: FaultSpec["fault"]): fault is TransportFault {
  return transportFaults.some((name) => name === fault);
}

function isWebhookFault(fault: FaultSpec["fault"]): fault is WebhookFault {
  return webhookFaults.some((name) => name === fault);
}

function toGenerationFault(spec: FaultSpec): GenerationFault {
  if (spec.fault === "slow") return { type: "slow", factor: Number(spec.value ?? 4) };
  if (spec.fault === "bad-output") {
    return { type: "bad-output", defect: (spec.value ?? "truncated") as FileDefect };
  }
  return { type: spec.fault } as GenerationFault;
}

/** One copy of a webhook on its way to us. */
export interface WebhookCopy {
  readonly webhook: SimulatedWebhook;
  readonly delayMs: number;
}

/** What arrives of one webhook: nothing, several copies, a late one, or a forgery and then the real one. */
export function copiesOf(webhook: SimulatedWebhook, spec: FaultSpec | undefined): readonly WebhookCopy[] {
  const copy = { webhook, delayMs: 0 };
  switch (spec?.fault) {
    case "webhook-lost":
      return [];
    case "webhook-late":
      return [{ webhook, delayMs: Number(spec.value ?? 600) * 1_000 }];
    case "webhook-repeated":
      return Array.from({ length: Number(spec.value ?? 10) }, () => copy);
    case "webhook-forged":
      return [{ webhook: forge(webhook), delayMs: 0 }, copy];
    default:
      return [copy];
  }
}

/** The same event, sent by somebody who knows the address but no secret. */
function forge(webhook: SimulatedWebhook): SimulatedWebhook {
  const url = new URL(webhook.url);
  if (url.searchParams.has("token")) url.searchParams.set("token", "A".repeat(43));
  return { url: url.href, headers: { "content-type": "application/json" }, body: webhook.body };
}
