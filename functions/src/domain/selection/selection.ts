import type { ProviderRoom } from "../accounting/budget.js";
import { creditWorth, type JobPrice } from "../accounting/price.js";
import { utcDay } from "../day.js";
import { circuitView, retryAt } from "../health/circuit.js";
import { type HealthState, strictestCircuit, strictestSwitch } from "../health/health.js";
import { decayed, typicalSeconds } from "../health/stats.js";
import { type UsdMicros, usdToMicros } from "../money.js";
import type { Policy, ProfileName } from "../policy/policy.js";
import { type Catalogue, checkKnown, knownIds } from "../provider/catalogue.js";
import { costOf, type ProviderModel } from "../provider/model.js";
import type { GenerationPlan } from "../provider/provider.js";
import {
  type Adjustment,
  exactFieldsOf,
  type ModelRequest,
  modeOf,
  requestedSeconds,
} from "../request/request.js";
import { decideInShadow } from "./comparison.js";
import type { CompositePlan } from "./composite-plan.js";
import { type CandidateFacts, decide, type Question, type RankedCandidate } from "./decision.js";
import { adjustmentsOf, type Fit, fitModel, type UnfitReason } from "./fit.js";
import { toPlan } from "./plan.js";
import type { DecisionRecord } from "./record.js";

/** The world as one decision sees it: read together, cached together. */
export interface Snapshot {
  readonly policy: Policy;
  readonly health: HealthState;
  /** A policy that is watched beside the live one and decides nothing. */
  readonly shadow?: Policy | null;
}

/** What the job adds to the request. */
export interface SelectionContext {
  readonly now: number;
  readonly profile: ProfileName;
  readonly deadlineAt: number | null;
  readonly failed: readonly string[];
  readonly budgetLeftUsdMicros: UsdMicros | null;
  /** What capped providers have left of their day; absent when none is capped. */
  readonly providerRoom?: ProviderRoom;
  /** What its owner has been promised to pay; absent while that is being found out. */
  readonly price?: JobPrice;
  /** What an earlier try has stored already, and the plan that it belongs to. */
  readonly kept?: {
    readonly plan?: CompositePlan;
    readonly parts: readonly { readonly name: string }[];
  };
}

export interface Selection {
  readonly record: DecisionRecord;
  readonly winner: Winner | null;
  /** Set when the winner does not make all of it: it is put together of parts, which choose for themselves. */
  readonly composition?: CompositePlan;
  /** The step of a scene for which nobody was found. */
  readonly unfilledStep?: ModelRequest;
}

export interface Winner {
  readonly model: ProviderModel;
  readonly plan: GenerationPlan;
  readonly adjustments: readonly Adjustment[];
  readonly costUsdMicros: UsdMicros;
  readonly p50Seconds: number;
  readonly p90Seconds: number;
  /** What the same would cost at the one who is asked when this provider fails, by the policy's factor. */
  readonly fallbackCostUsdMicros?: UsdMicros;
  /** Of a scene whose picture is made: what that costs. */
  readonly imageCostUsdMicros?: UsdMicros;
  /** Lengths of the generations that the video is made of, when one is not enough. */
  readonly segmentSeconds?: readonly number[];
  /** What each of them costs. */
  readonly segmentCostsUsdMicros?: readonly UsdMicros[];
}

export function select(
  catalogue: Catalogue,
  request: ModelRequest,
  snapshot: Snapshot,
  context: SelectionContext,
  fitTo: typeof fitModel = fitModel,
): Selection {
  const question = toQuestion(request, context);
  const today = utcDay(context.now);
  const fits = catalogue.entries.map((entry) => fitTo(entry.model, request, today));
  const facts = catalogue.entries.map((entry, index): CandidateFacts => {
    const fit = fits[index] ?? "kind_unsupported";
    const candidate = toFacts(entry, fit, request, question, snapshot);
    const room = context.providerRoom?.[candidate.provider];
    return {
      ...candidate,
      ...(room !== undefined && isOverBudget(candidate, fit, room) ? { overBudget: true } : {}),
      ...(isOverWorth(candidate, fit, context.price) ? { overCreditWorth: true } : {}),
    };
  });
  const decision = decide(question, facts, snapshot.policy);
  const first = decision.ranked[0];
  const index = catalogue.entries.findIndex((entry) => entry.model.id === decision.winner);
  const entry = catalogue.entries[index];
  const fit = fits[index];
  const shadow = snapshot.shadow == null ? {} : { shadow: decideInShadow(question, facts, snapshot.shadow) };
  const record = { question, facts, decision, ...shadow };
  if (first === undefined || entry === undefined || fit === undefined || typeof fit === "string") {
    return { record, winner: null };
  }
  const secondsBy = (model: string) => {
    const fit = fits[catalogue.entries.findIndex((other) => other.model.id === model)];
    return typeof fit === "object" ? fit.durationSeconds : 0;
  };
  return {
    record,
    winner: {
      model: entry.model,
      plan: toPlan(entry.model, request, fit),
      adjustments: first.adjustments ?? [],
      costUsdMicros: first.costUsdMicros,
      p50Seconds: first.p50Seconds,
      p90Seconds: first.p90Seconds,
      ...fallbackOf(decision.ranked, secondsBy, snapshot.policy),
      ...(fit.segments === undefined
        ? {}
        : {
            segmentSeconds: fit.segments.seconds,
            segmentCostsUsdMicros: costsOfFit(entry.model, fit).map((cost) => cost ?? 0),
          }),
    },
  };
}

/** Refuses names in `providers` that the catalogue does not know, before they silently match nothing. */
export function checkProviderNames(catalogue: Catalogue, request: Pick<ModelRequest, "providers">): void {
  const known = knownIds(catalogue);
  for (const field of ["only", "exclude", "prefer"] as const) {
    checkKnown(`providers.${field}`, request.providers[field] ?? [], known);
  }
}

function toQuestion(request: ModelRequest, context: SelectionContext): Question {
  const mode = modeOf(request);
  const exact = exactFieldsOf(request);
  return {
    rules: 2,
    now: context.now,
    mode,
    quality: request.quality,
    askedSeconds: requestedSeconds(request),
    ...(exact.length === 0 ? {} : { exact }),
    profile: context.profile,
    maxCostUsdMicros: request.maxCostUsd === undefined ? null : usdToMicros(request.maxCostUsd),
    budgetLeftUsdMicros: context.budgetLeftUsdMicros,
    deadlineAt: request.deadlineSeconds === undefined ? null : context.deadlineAt,
    only: request.providers.only ?? null,
    exclude: request.providers.exclude ?? [],
    prefer: request.providers.prefer ?? [],
    failed: context.failed,
    traits: [`mode:${mode}`, `strategy:${request.strategy}`, `style:${request.style ?? "none"}`],
  };
}

function toFacts(
  entry: Catalogue["entries"][number],
  fit: Fit | UnfitReason,
  request: ModelRequest,
  question: Question,
  { policy, health }: Snapshot,
): CandidateFacts {
  const { model } = entry;
  const stats = decayed(health.stats[model.id], question.now, policy.health.halfLifeSeconds);
  const circuit = strictestCircuit(health, model, question.now);
  const typical = typicalSeconds(model, stats);
  const fitting = typeof fit === "string" ? null : fit;
  const adjustments = fitting === null ? [] : adjustmentsOf(model, request, fitting);
  return {
    model: model.id,
    provider: model.provider,
    quality: model.quality,
    configured: entry.configured,
    providerSwitch: strictestSwitch(health, model),
    unfit: typeof fit === "string" ? fit : null,
    ratioDistance: fitting?.ratioDistance ?? 0,
    resolutionSteps: fitting?.resolutionSteps ?? 0,
    secondsDelta: fitting?.secondsDelta ?? 0,
    ...(fitting === null || fitting.pixelDistance === 0 ? {} : { pixelDistance: fitting.pixelDistance }),
    ...(adjustments.length === 0 ? {} : { adjustments }),
    ...(fitting?.segments === undefined ? {} : { segmented: true }),
    costUsdMicros: fitting === null ? null : costOfFit(model, fitting),
    p50Seconds: typical.p50 * timesInTurn(fitting),
    p90Seconds: typical.p90 * timesInTurn(fitting),
    successes: stats.successes,
    failures: stats.failures,
    circuit: circuitView(circuit, question.now),
    retryAt: retryAt(circuit, question.now),
    running: health.running[model.id] ?? 0,
    allowed: runningLimit(request.priority, model.concurrency),
    balanceUsdMicros: health.balances[model.provider] ?? null,
    priority: entry.priority,
    affinities: Object.fromEntries(
      question.traits.flatMap((trait) => {
        const opinion = entry.affinities[trait];
        return opinion === undefined ? [] : [[trait, opinion]];
      }),
    ),
  };
}

function costOfFit(model: ProviderModel, fit: Fit): UsdMicros | null {
  return costsOfFit(model, fit).reduce((sum, cost) => (sum === null || cost === null ? null : sum + cost), 0);
}

/**
 * Whom the price has to reach: the best of another provider that the policy's factor allows. Where that one
 * makes less than the first, as much of it is reckoned as the first makes: less is charged for a shorter video.
 */
function fallbackOf(
  [first, ...others]: readonly RankedCandidate[],
  secondsBy: (model: string) => number,
  { credits }: Policy,
): Pick<Winner, "fallbackCostUsdMicros"> {
  if (first === undefined) return {};
  const firstSeconds = secondsBy(first.model);
  for (const { provider, model, costUsdMicros } of others) {
    if (provider === first.provider) continue;
    const seconds = secondsBy(model);
    const cost = costUsdMicros * (seconds < firstSeconds ? firstSeconds / seconds : 1);
    if (cost <= first.costUsdMicros * credits.fallbackCostFactor) return { fallbackCostUsdMicros: cost };
  }
  return {};
}

/** Of each generation that the video is made of. */
function costsOfFit(model: ProviderModel, { size, audio, durationSeconds, segments }: Fit) {
  return (segments?.seconds ?? [durationSeconds]).map((seconds) =>
    costOf(model.price, { resolution: size.resolution, audio, durationSeconds: seconds }),
  );
}

/** Does it cost more than the credits are worth that its owner would be charged? */
function isOverWorth(
  { costUsdMicros }: CandidateFacts,
  fit: Fit | UnfitReason,
  price: JobPrice | undefined,
): boolean {
  if (typeof fit === "string" || costUsdMicros === null || price === undefined) return false;
  return costUsdMicros > creditWorth(price, fit.durationSeconds);
}

function timesInTurn(fit: Fit | null): number {
  return fit?.segments?.inTurn === true ? fit.segments.seconds.length : 1;
}

function isOverBudget(
  { costUsdMicros }: CandidateFacts,
  fit: Fit | UnfitReason,
  { usdMicros, seconds }: ProviderRoom[string],
): boolean {
  if (typeof fit === "string") return false;
  const isTooDear = usdMicros !== null && costUsdMicros !== null && costUsdMicros > usdMicros;
  return isTooDear || (seconds !== null && fit.durationSeconds > seconds);
}

/** The share of a model's concurrency up to which requests of a priority may fill it. */
const shareByPriority: Readonly<Record<ModelRequest["priority"], number>> = {
  low: 0.5,
  normal: 0.9,
  high: 1,
};

/**
 * How many jobs may run in a model when one of this priority is to join them: what is left stays free
 * for the more urgent. At least one, or nobody could have a place that is the only one. `null` where
 * the vendor queues by itself.
 */
function runningLimit(priority: ModelRequest["priority"], concurrency: number | undefined): number | null {
  return concurrency === undefined ? null : Math.ceil(concurrency * shareByPriority[priority]);
}
