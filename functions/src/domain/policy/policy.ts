import { z } from "zod";
import { qualities } from "../provider/model.js";

/** The factors of a score, in the order in which they are explained. */
export const factorNames = [
  "health",
  "priority",
  "quality",
  "cost",
  "latency",
  "load",
  "preference",
  "fidelity",
] as const;
export type FactorName = (typeof factorNames)[number];

const weight = z.number().min(0).max(100);
const weights = z
  .strictObject({
    health: weight,
    priority: weight,
    quality: weight,
    cost: weight,
    latency: weight,
    load: weight,
    preference: weight,
    /** Absent, as in policies of before it: a tenth of all others together. */
    fidelity: weight.exactOptional(),
  })
  .refine((value) => Object.values(value).some((single) => single > 0), {
    message: "at least one weight must be above 0",
  });
export type Weights = z.infer<typeof weights>;

export const profileNames = ["balanced", "cheapest", "fastest", "best"] as const;
export type ProfileName = (typeof profileNames)[number];

const seconds = z
  .number()
  .positive()
  .max(30 * 86_400);
const utility = z.number().min(0).max(1);
/** Affinity of a style or kind for providers and models: 0 avoids, 0.5 is neutral, 1 prefers. */
const affinity = z.record(z.string(), utility);

const dailyUsd = z.number().min(0).max(1_000_000).nullable();

const perQuality = z.strictObject(
  Object.fromEntries(qualities.map((name) => [name, z.number().int().min(0)])) as Record<
    (typeof qualities)[number],
    z.ZodNumber
  >,
);

const defaultOutput = { pixelTolerance: 0.1, shorterFraction: 0.2, playlistPrice: 0.9 };
const callsPerUserPerMinute = { refresh: 60, quote: 60, list: 60 };
const streamsPerUser = 20;
const freeCancellations = 3;
const fallbackCostFactor = 1.5;

const noBudgets = { user: { usd: null, credits: null }, providers: {}, installation: { usd: null } };

/**
 * Everything an administrator may decide about selection, limits and money. Versioned documents of
 * this shape are published; the defaults below are version 0.
 */
export const policySchema = z.strictObject({
  version: z.number().int().min(0),
  profiles: z.strictObject({ balanced: weights, cheapest: weights, fastest: weights, best: weights }),
  /** Weight profile by user tier; a tier that is not listed uses `balanced`. */
  tierProfiles: z.record(z.string(), z.enum(profileNames)),
  /** 1 (first) to 10 by model id or provider id; the model's own line wins. */
  priorities: z.record(z.string(), z.number().int().min(1).max(10)),
  /** By `style:…`, `strategy:…` or `mode:…`. */
  affinities: z.record(z.string(), affinity),
  scales: z
    .strictObject({
      /** At or below this a generation scores 1 for cost. */
      cheapUsd: z.number().positive(),
      /** At or above this it scores 0. */
      dearUsd: z.number().positive(),
      /** A model with this P50 scores 0.5 for latency. */
      latencyHalfLifeSeconds: seconds,
    })
    .refine((value) => value.cheapUsd < value.dearUsd, { message: "cheapUsd must be below dearUsd" }),
  health: z.strictObject({
    /** Beta prior: a model without a history counts as this many successes and failures. */
    priorSuccesses: z.number().positive(),
    priorFailures: z.number().positive(),
    /** Time in which an observation loses half its weight. */
    halfLifeSeconds: seconds,
  }),
  breaker: z.strictObject({
    consecutiveFailures: z.number().int().min(1).max(100),
    windowSeconds: seconds,
    minimumCalls: z.number().int().min(1).max(20),
    failureRate: z.number().gt(0).max(1),
    openSeconds: seconds,
    maxOpenSeconds: seconds,
    /** How long one trial may take before another is let through. */
    trialSeconds: seconds,
  }),
  adjustments: z.strictObject({
    /** Largest |ln(asked/offered)| between aspect ratios. 21:9 against 1584:672 is 0.01. */
    ratioDistance: z.number().min(0),
    resolutionStepsDown: z.number().int().min(0).max(3),
    resolutionStepsUp: z.number().int().min(0).max(3),
    /** A length may be cut by the larger of the two, or stretched by the larger of the two. */
    shorterSeconds: z.number().min(0),
    shorterFraction: z.number().min(0).max(1),
    longerSeconds: z.number().min(0),
    longerFraction: z.number().min(0),
  }),
  limits: z.strictObject({
    /** Generations that a provider accepted, per job. */
    maxAttempts: z.number().int().min(1).max(10),
    /** Starts that were turned away for certain, per job; they cost nothing but time. */
    maxRefusals: z.number().int().min(1).max(30),
    deadlineSeconds: seconds,
    /** An attempt is given up after this many times its P90, or when the next one needs the rest of the time. */
    timeoutFactor: z.number().min(1).max(20),
    /** Tries in a row at a file that comes cut off, gone or badly converted. Other trouble is waited out. */
    storeTries: z.number().int().min(1).max(20),
    maxOutputBytes: z.number().int().positive(),
    /** Videos that one user may start in a minute. */
    startsPerUserPerMinute: z.number().int().positive(),
    /** Calls that cost a user nothing, counted by each instance. */
    callsPerUserPerMinute: z
      .strictObject({
        refresh: z.number().int().positive(),
        quote: z.number().int().positive(),
        list: z.number().int().positive(),
      })
      .default(callsPerUserPerMinute),
    /** Videos that one user may follow at once in one instance. */
    streamsPerUser: z.number().int().positive().default(streamsPerUser),
  }),
  credits: z.strictObject({
    /** The least that a second or a picture costs; above it the price follows the cost. */
    perSecond: perQuality,
    perImage: perQuality,
    /** What one credit is worth: no more is paid to providers for it. */
    usdPerCredit: z.number().min(0.0001).max(1_000).default(0.05),
    /** Added to the cost of what is made before it is turned into credits; it pays for failures. */
    marginFraction: z.number().min(0).max(10).default(0.25),
    /**
     * The second best of another provider is paid for by the price too, when it costs at most so many times
     * what the best costs: a video whose provider fails can then go elsewhere. 1 for one that is no dearer.
     */
    fallbackCostFactor: z.number().min(1).max(10).default(fallbackCostFactor),
    /** What an app sells at a price of its own: credits by the `priceKey` of a request. */
    templates: z
      .record(
        z.string().regex(/^[A-Za-z0-9_.:-]{1,128}$/, "may hold letters, digits and _ . : -"),
        z.number().int().min(1).max(1_000_000),
      )
      .default({}),
    /** A balance below this is told to its owner as low; 0 for never. */
    lowBalance: z.number().int().min(0).max(1_000_000_000).default(0),
  }),
  output: z
    .strictObject({
      /** How much smaller than planned each side of a file may be, as a fraction; a larger one is taken. */
      pixelTolerance: z.number().min(0).max(1),
      /** How much shorter than was asked for a video may be, as a fraction; a longer one is taken. */
      shorterFraction: z.number().min(0).max(1).default(defaultOutput.shorterFraction),
      /** What segments that nobody joins cost of the price of one joined video, as a fraction. */
      playlistPrice: z.number().min(0).max(1),
    })
    // Sections that came later have defaults: a policy that is already published stays readable.
    .default(defaultOutput),
  cancellation: z
    .strictObject({
      /** What a user pays for a generation that was stopped and whose provider gives nothing back. */
      charge: z.enum(["vendorCost", "nothing"]),
      /**
       * With `nothing`: those of one UTC day that cost a user nothing although a provider had begun. After
       * them no video is started until the next day, and what is cancelled is charged like with `vendorCost`.
       */
      freeCancellationsPerUserPerDay: z.number().int().min(0).max(1_000).default(freeCancellations),
    })
    .default({ charge: "vendorCost", freeCancellationsPerUserPerDay: freeCancellations }),
  /** Most that one UTC day may use; `null` for no cap. Counted from when the cap is set. */
  budgets: z
    .strictObject({
      /** Of each user: what providers are paid for it, and the credits that its videos take. */
      user: z.strictObject({ usd: dailyUsd, credits: z.number().int().min(0).nullable() }),
      /** By provider id: money, and seconds of video, since prices drift and quantities do not. */
      providers: z.record(
        z.string(),
        z.strictObject({ usd: dailyUsd, seconds: z.number().min(0).nullable() }),
      ),
      installation: z.strictObject({ usd: dailyUsd }),
    })
    .default(noBudgets),
  hedge: z
    .strictObject({
      /** Start a second provider beside a slow one. Costs up to one more generation for such a job. */
      enabled: z.boolean(),
    })
    .default({ enabled: false }),
  ambiguous: z.strictObject({
    /** What follows when a provider without a key never answered a start. */
    action: z.enum(["wait", "failOver"]),
    /** With `wait`: how long the job stays with the unanswered start before another is paid. */
    waitSeconds: seconds,
  }),
});

export type Policy = z.infer<typeof policySchema>;

/** The built-in policy: what a new installation does before anybody publishes another. */
export const defaultPolicy: Policy = {
  version: 0,
  profiles: {
    balanced: { health: 25, priority: 10, quality: 20, cost: 15, latency: 15, load: 5, preference: 10 },
    cheapest: { health: 20, priority: 5, quality: 10, cost: 50, latency: 5, load: 5, preference: 5 },
    fastest: { health: 20, priority: 5, quality: 10, cost: 5, latency: 45, load: 10, preference: 5 },
    best: { health: 20, priority: 10, quality: 45, cost: 5, latency: 5, load: 5, preference: 10 },
  },
  tierProfiles: { free: "balanced", premium: "best" },
  priorities: {},
  affinities: {},
  scales: { cheapUsd: 0.01, dearUsd: 10, latencyHalfLifeSeconds: 120 },
  health: { priorSuccesses: 19, priorFailures: 1, halfLifeSeconds: 3_600 },
  breaker: {
    consecutiveFailures: 3,
    windowSeconds: 300,
    minimumCalls: 8,
    failureRate: 0.5,
    openSeconds: 60,
    maxOpenSeconds: 600,
    trialSeconds: 900,
  },
  adjustments: {
    ratioDistance: 0.05,
    resolutionStepsDown: 1,
    resolutionStepsUp: 1,
    shorterSeconds: 1,
    shorterFraction: 0.2,
    longerSeconds: 3,
    longerFraction: 0.5,
  },
  limits: {
    maxAttempts: 3,
    maxRefusals: 6,
    deadlineSeconds: 3_600,
    timeoutFactor: 3,
    storeTries: 5,
    maxOutputBytes: 2 * 1024 ** 3,
    startsPerUserPerMinute: 60,
    callsPerUserPerMinute,
    streamsPerUser,
  },
  credits: {
    perSecond: { draft: 0, standard: 0, premium: 0 },
    perImage: { draft: 0, standard: 0, premium: 0 },
    usdPerCredit: 0.05,
    marginFraction: 0.25,
    fallbackCostFactor,
    templates: {},
    lowBalance: 0,
  },
  output: defaultOutput,
  cancellation: { charge: "vendorCost", freeCancellationsPerUserPerDay: freeCancellations },
  // Somebody who takes what is not theirs is stopped here; raise it as far as you trust your users.
  budgets: { user: { usd: 50, credits: null }, providers: {}, installation: { usd: 2_000 } },
  hedge: { enabled: false },
  ambiguous: { action: "wait", waitSeconds: 900 },
};

/** How users of a tier have their models chosen. */
export function profileOf(tier: string, policy: Policy): ProfileName {
  return policy.tierProfiles[tier] ?? "balanced";
}
