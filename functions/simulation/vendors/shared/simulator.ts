/**
 * A vendor's API on a laptop. A simulator is a pure state machine over requests and its world's
 * clock: it keeps state, refuses what the vendor refuses, and never opens a socket. The host
 * (`simulator-host.ts`) puts it behind real HTTP; the chaos runner calls it directly.
 */
export interface Simulator {
  readonly vendor: string;
  handle(request: SimulatedRequest): SimulatedResponse;
  /** Every generation the vendor would bill, after its own de-duplication, oldest first. */
  paidStarts(): readonly PaidStart[];
  /** What it bills for all of them in the end, without what it gives back of those that failed or were stopped in time. */
  billedUsdMicros(): number;
  /** Webhook calls that became due since the last call; empty for a vendor without webhooks. */
  takeWebhooks(): readonly SimulatedWebhook[];
}

export interface SimulatedRequest {
  readonly method: string;
  /** Path without query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly text: string;
}

export interface SimulatedResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; absent means an empty body. */
  readonly body?: unknown;
}

export interface PaidStart {
  /** The vendor's id of the generation. */
  readonly id: string;
  readonly model: string;
  readonly startedAt: number;
  /** When it is finished, by what is known now; Infinity for one that is stuck or waits. */
  readonly endsAt: number;
}

export interface SimulatedWebhook {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a simulator needs from outside: time, chance, misfortune and a place for files. */
export interface SimulatorWorld {
  now(): number;
  /** Seeded, in [0, 1). */
  random(): number;
  /** What goes wrong with the generation that is being started now, if anything. */
  generationFault(): GenerationFault | undefined;
  /** A URL under which the described file can be fetched. */
  fileUrl(file: SimulatedFile): string;
}

/** The simulated side of a vendor. */
export interface VendorSimulation {
  readonly vendor: string;
  create(world: SimulatorWorld, apiKey: string): Simulator;
  /** Is this request one that the vendor would bill when it accepts it? */
  isStart(request: SimulatedRequest): boolean;
}

/** Misfortunes that happen inside the vendor; those of the line are in `faults.ts`. */
export type GenerationFault =
  | { readonly type: "fail" }
  | { readonly type: "moderated" }
  | { readonly type: "stuck" }
  | { readonly type: "slow"; readonly factor: number }
  | { readonly type: "no-credits" }
  | { readonly type: "rate-limit" }
  | { readonly type: "bad-output"; readonly defect: FileDefect };

export const fileDefects = [
  "empty",
  "truncated",
  "html",
  "short",
  "wrong-ratio",
  "small",
  "corrupt",
  "missing",
] as const;
export type FileDefect = (typeof fileDefects)[number];

/** A file that the simulated vendor made, described instead of stored. */
export interface SimulatedFile {
  readonly vendor: string;
  readonly model: string;
  /** The vendor's id of the generation: drawn into the picture. */
  readonly id: string;
  readonly medium: "video" | "image";
  readonly width: number;
  readonly height: number;
  readonly durationSeconds: number;
  readonly audio: boolean;
  readonly defect?: FileDefect;
}

/**
 * Simulated generation time: the model's typical P50, spread by ±25 %, stretched by a generationFault.
 * The distribution is ours; no vendor publishes one.
 */
export function generationMs(
  typicalP50Seconds: number,
  world: SimulatorWorld,
  generationFault?: GenerationFault,
): number {
  if (generationFault?.type === "stuck") return Number.POSITIVE_INFINITY;
  const spread = 0.75 + world.random() * 0.5;
  const factor = generationFault?.type === "slow" ? generationFault.factor : 1;
  return Math.round(typicalP50Seconds * 1_000 * spread * factor);
}

/** The simulated side of a vendor. */
export interface VendorSimulation {
  readonly vendor: string;
  create(world: SimulatorWorld, apiKey: string): Simulator;
  /** Is this request one that the vendor would bill when it accepts it? */
  isStart(request: SimulatedRequest): boolean;
}
