import type { CircuitView } from "../health/circuit.js";
import type { ProviderSwitch } from "../health/health.js";
import type { UsdMicros } from "../money.js";
import type { Policy, ProfileName } from "../policy/policy.js";
import type { ModeName, Quality } from "../provider/model.js";
import type { Adjustment, ExactField } from "../request/request.js";
import { adjustmentRefusal, type UnfitReason } from "./fit.js";
import { type RejectionReason, rejection } from "./rejections.js";
import { deviationOf, type Factors, factorsOf, scoreOf } from "./score.js";

/** What is asked of a decision. With the facts of the candidates it is all that decides. */
export interface Question {
  /**
   * Absent in decisions that are older than these rules: they judged keys and switches before fitness,
   * and did not score how far a shape is from what was asked. They are replayed as they were made.
   */
  readonly rules?: 2;
  readonly now: number;
  readonly mode: ModeName;
  readonly quality: Quality;
  readonly askedSeconds: number;
  /** What may not be adjusted; absent when all may. */
  readonly exact?: readonly ExactField[];
  readonly profile: ProfileName;
  readonly maxCostUsdMicros: UsdMicros | null;
  readonly budgetLeftUsdMicros: UsdMicros | null;
  /** Only set when the caller named a deadline. */
  readonly deadlineAt: number | null;
  /** Model or provider ids. */
  readonly only: readonly string[] | null;
  readonly exclude: readonly string[];
  readonly prefer: readonly string[];
  /** Models that this job has already tried in vain. */
  readonly failed: readonly string[];
  /** `style:…`, `strategy:…` and `mode:…`, which affinities are looked up by. */
  readonly traits: readonly string[];
}

/** Everything known about one candidate at the time of a decision. */
export interface CandidateFacts {
  readonly model: string;
  readonly provider: string;
  readonly quality: Quality;
  readonly configured: boolean;
  readonly providerSwitch: ProviderSwitch;
  readonly unfit: UnfitReason | null;
  readonly ratioDistance: number;
  readonly resolutionSteps: number;
  readonly secondsDelta: number;
  /** How far its pixels are from those that its ratio and resolution stand for; absent when they are those. */
  readonly pixelDistance?: number;
  /** What it would change about the request; absent when nothing. */
  readonly adjustments?: readonly Adjustment[];
  /** Set when it makes the length of several generations. */
  readonly segmented?: true;
  readonly costUsdMicros: UsdMicros | null;
  readonly p50Seconds: number;
  readonly p90Seconds: number;
  /** Decayed to the time of the decision. */
  readonly successes: number;
  readonly failures: number;
  readonly circuit: CircuitView;
  /** When the circuit lets a start through again; `null` when only an administrator can. */
  readonly retryAt: number | null;
  readonly running: number;
  /** How many may run when this one joins them; `null` where the vendor queues by itself. */
  readonly allowed: number | null;
  readonly balanceUsdMicros: UsdMicros | null;
  /** Set when it is more than the daily budget of its provider has left. */
  readonly overBudget?: true;
  /** Set when it costs more than the credits are worth that its owner pays. */
  readonly overCreditWorth?: true;
  /** The vendor's own place in the order; the policy may overrule it. */
  readonly priority: number;
  /** The vendor's own affinities, by trait; the policy may overrule them. */
  readonly affinities: Readonly<Record<string, number>>;
}

export interface RankedCandidate {
  readonly model: string;
  readonly provider: string;
  readonly score: number;
  readonly factors: Factors;
  readonly priority: number;
  readonly costUsdMicros: UsdMicros;
  readonly p50Seconds: number;
  readonly p90Seconds: number;
  /** What it would change about the request; absent when nothing. */
  readonly adjustments?: readonly Adjustment[];
}

export interface RejectedCandidate {
  readonly model: string;
  readonly provider: string;
  readonly reason: RejectionReason;
  /** When it may be asked again, where that is known. */
  readonly retryAt: number | null;
  /** Set when it would change what may not be changed. */
  readonly adjustments?: readonly Adjustment[];
}

export interface Decision {
  readonly winner: string | null;
  readonly policyVersion: number;
  readonly profile: ProfileName;
  /** What separated the first two: their scores, or the first rule that did. */
  readonly tieBreak: "only_one" | "score" | "priority" | "price" | "id" | "none";
  /** Best first. */
  readonly ranked: readonly RankedCandidate[];
  readonly rejected: readonly RejectedCandidate[];
  /** The earliest time at which a rejected candidate may be asked again, when nobody won. */
  readonly retryAt: number | null;
}

/** Decides. Pure: the same question, facts and policy give the same bytes, today and in a year. */
export function decide(question: Question, facts: readonly CandidateFacts[], policy: Policy): Decision {
  const ranked: RankedCandidate[] = [];
  const rejected: RejectedCandidate[] = [];
  for (const candidate of facts) {
    const reason = rejectionOf(question, candidate, policy);
    if (reason === null) ranked.push(rank(question, candidate, policy));
    else {
      const { model, provider } = candidate;
      const retryAt = rejection(reason).retryAt(candidate, question.now);
      const changes = reason === "not_exact" ? adjustmentsIn(candidate) : {};
      rejected.push({ model, provider, reason, retryAt, ...changes });
    }
  }
  ranked.sort(byRank);
  const times = rejected.map((candidate) => candidate.retryAt).filter((time) => time !== null);
  return {
    winner: ranked[0]?.model ?? null,
    policyVersion: policy.version,
    profile: question.profile,
    tieBreak: tieBreakOf(ranked[0], ranked[1]),
    ranked,
    rejected,
    retryAt: ranked.length > 0 || times.length === 0 ? null : Math.min(...times),
  };
}

/**
 * What cannot be is told before what cannot be now: whoever asks for the impossible is not sent away
 * until a provider is back.
 */
function rejectionOf(question: Question, facts: CandidateFacts, policy: Policy): RejectionReason | null {
  const choice = choiceRejection(question, facts);
  if (choice !== null) return choice;
  if (question.rules === undefined) {
    return (
      offerRejection(facts) ??
      shapeRejection(question, facts, policy) ??
      stateRejection(question, facts) ??
      priceRejection(question, facts) ??
      fundsRejection(question, facts) ??
      timeRejection(question, facts)
    );
  }
  return (
    shapeRejection(question, facts, policy) ??
    priceRejection(question, facts) ??
    timeRejection(question, facts) ??
    offerRejection(facts) ??
    stateRejection(question, facts) ??
    fundsRejection(question, facts)
  );
}

function choiceRejection(question: Question, facts: CandidateFacts): RejectionReason | null {
  if (question.only !== null && !names(question.only, facts)) return "not_selected";
  return names(question.exclude, facts) ? "excluded" : null;
}

function shapeRejection(question: Question, facts: CandidateFacts, policy: Policy): RejectionReason | null {
  const refusal = facts.unfit ?? adjustmentRefusal(facts, question.askedSeconds, policy.adjustments);
  return refusal ?? (inexactFields(question, facts).length > 0 ? "not_exact" : null);
}

/** What it would change of that which may not be changed. Segments may have the asked length together. */
export function inexactFields({ exact = [] }: Pick<Question, "exact">, facts: CandidateFacts): ExactField[] {
  const adjusted = new Set(facts.adjustments?.map(({ field }) => field));
  if (facts.segmented === true && facts.secondsDelta === 0) adjusted.delete("durationSeconds");
  return exact.filter((field) => adjusted.has(field));
}

function adjustmentsIn({ adjustments }: CandidateFacts): Pick<RankedCandidate, "adjustments"> {
  return adjustments === undefined ? {} : { adjustments };
}

function offerRejection(facts: CandidateFacts): RejectionReason | null {
  if (!facts.configured) return "key_missing";
  if (facts.providerSwitch === "off") return "provider_off";
  return facts.providerSwitch === "drain" ? "provider_draining" : null;
}

function stateRejection(question: Question, facts: CandidateFacts): RejectionReason | null {
  if (question.failed.includes(facts.model)) return "already_failed";
  if (facts.circuit === "isolated") return "circuit_isolated";
  if (facts.circuit === "open") return "circuit_open";
  if (facts.circuit === "half_open" && (facts.retryAt ?? 0) > question.now) return "trial_taken";
  return facts.allowed !== null && facts.running >= facts.allowed ? "concurrency_reached" : null;
}

function priceRejection(question: Question, facts: CandidateFacts): RejectionReason | null {
  const cost = facts.costUsdMicros;
  if (cost === null || !(cost >= 0)) return "price_unknown";
  return question.maxCostUsdMicros !== null && cost > question.maxCostUsdMicros ? "over_max_cost" : null;
}

function fundsRejection(question: Question, facts: CandidateFacts): RejectionReason | null {
  const cost = facts.costUsdMicros ?? 0;
  if (facts.overCreditWorth === true) return "over_credit_worth";
  if (facts.balanceUsdMicros !== null && cost > facts.balanceUsdMicros) return "balance_too_low";
  if (facts.overBudget === true) return "budget_exceeded";
  if (question.budgetLeftUsdMicros !== null && cost > question.budgetLeftUsdMicros) return "budget_exceeded";
  return null;
}

function timeRejection(question: Question, facts: CandidateFacts): RejectionReason | null {
  if (question.deadlineAt === null) return null;
  return question.now + facts.p90Seconds * 1_000 > question.deadlineAt ? "deadline_unreachable" : null;
}

function rank(question: Question, facts: CandidateFacts, policy: Policy): RankedCandidate {
  const priority = policy.priorities[facts.model] ?? policy.priorities[facts.provider] ?? facts.priority;
  const costUsdMicros = facts.costUsdMicros ?? 0;
  const factors = factorsOf(
    {
      successes: facts.successes,
      failures: facts.failures,
      priority,
      askedQuality: question.quality,
      offeredQuality: facts.quality,
      resolutionSteps: facts.resolutionSteps,
      costUsdMicros,
      p50Seconds: facts.p50Seconds,
      running: facts.running,
      allowed: facts.allowed,
      preference: preferenceOf(question, facts, policy),
      ...(question.rules === undefined ? {} : { deviation: deviation(question, facts) }),
    },
    policy,
  );
  return {
    model: facts.model,
    provider: facts.provider,
    score: scoreOf(factors, policy.profiles[question.profile]),
    factors,
    priority,
    costUsdMicros,
    p50Seconds: facts.p50Seconds,
    p90Seconds: facts.p90Seconds,
    ...adjustmentsIn(facts),
  };
}

function deviation({ askedSeconds }: Question, facts: CandidateFacts): number {
  const { secondsDelta, ratioDistance, resolutionSteps, pixelDistance = 0 } = facts;
  return deviationOf({ askedSeconds, secondsDelta, ratioDistance, resolutionSteps, pixelDistance });
}

/** The caller's word counts most; otherwise the mean of the affinities that have an opinion. */
function preferenceOf(question: Question, facts: CandidateFacts, policy: Policy): number {
  if (names(question.prefer, facts)) return 1;
  let sum = 0;
  let count = 0;
  for (const trait of question.traits) {
    const row = policy.affinities[trait];
    const opinion = row?.[facts.model] ?? row?.[facts.provider] ?? facts.affinities[trait];
    if (opinion === undefined) continue;
    sum += opinion;
    count += 1;
  }
  return count === 0 ? 0.5 : sum / count;
}

function names(ids: readonly string[], facts: CandidateFacts): boolean {
  return ids.includes(facts.model) || ids.includes(facts.provider);
}

function byRank(a: RankedCandidate, b: RankedCandidate): number {
  return (
    b.score - a.score ||
    a.priority - b.priority ||
    a.costUsdMicros - b.costUsdMicros ||
    (a.model < b.model ? -1 : 1)
  );
}

function tieBreakOf(first?: RankedCandidate, second?: RankedCandidate): Decision["tieBreak"] {
  if (first === undefined) return "none";
  if (second === undefined) return "only_one";
  if (first.score !== second.score) return "score";
  if (first.priority !== second.priority) return "priority";
  return first.costUsdMicros !== second.costUsdMicros ? "price" : "id";
}

/** A question that any candidate may answer. */
export const noConditions = {
  rules: 2,
  maxCostUsdMicros: null,
  budgetLeftUsdMicros: null,
  deadlineAt: null,
  only: null,
  exclude: [],
  prefer: [],
  failed: [],
} as const satisfies Partial<Question>;

type GivenFacts = Pick<CandidateFacts, "model" | "provider" | "costUsdMicros" | "p50Seconds" | "p90Seconds">;

/** A candidate that nothing speaks against and that has no history. */
export function plainFacts(given: GivenFacts): CandidateFacts {
  return {
    ...given,
    quality: "standard",
    configured: true,
    providerSwitch: "on",
    unfit: null,
    ratioDistance: 0,
    resolutionSteps: 0,
    secondsDelta: 0,
    successes: 0,
    failures: 0,
    circuit: "closed",
    retryAt: null,
    running: 0,
    allowed: null,
    balanceUsdMicros: null,
    priority: 1,
    affinities: {},
  };
}
