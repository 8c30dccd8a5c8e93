import { creditsForSegments } from "../../domain/accounting/credits.js";
import { priceOf } from "../../domain/accounting/price.js";
import type { RequestError } from "../../domain/errors.js";
import type { Caller } from "../../domain/job/new-job.js";
import { microsToUsd } from "../../domain/money.js";
import type { Policy, ProfileName } from "../../domain/policy/policy.js";
import { type PromptScore, scorePrompt } from "../../domain/prompt/score.js";
import { type Possibilities, possibilities } from "../../domain/provider/catalogue.js";
import { type Adjustment, modeOf, type VideoRequest } from "../../domain/request/request.js";
import { workOf } from "../../domain/selection/composite.js";
import type { RankedCandidate, RejectedCandidate } from "../../domain/selection/decision.js";
import type { DecisionRecord } from "../../domain/selection/record.js";
import type { Factors } from "../../domain/selection/score.js";
import type { Selection } from "../../domain/selection/selection.js";
import { readBudgets } from "../budgets.js";
import type { Deps } from "../deps.js";
import { checkRequest, refusalOf, selectFor } from "./submit.js";

export interface Quote {
  readonly policyVersion: number;
  readonly profile: ProfileName;
  /** Best first. */
  readonly candidates: readonly QuotedCandidate[];
  readonly rejected: readonly RejectedCandidate[];
  /** What a start would hold now, and charge when all of it is delivered; `null` when nobody can take it. */
  readonly credits: number | null;
  /** What the first candidate would change about the request. */
  readonly adjustments: readonly Adjustment[];
  /** How much the prompt tells a model, with what was found, what is missing and what harms. */
  readonly prompt: PromptScore;
  /** Set when no model makes one this long: what it would be made of, at the first candidate. */
  readonly segments: QuotedSegments | null;
  /** What a start would be told, when nobody can take the request now. */
  readonly refusal: Pick<RequestError, "code" | "message" | "retryable"> | null;
  /** When somebody may take it again, when nobody can now and that is known. */
  readonly retryAt: number | null;
  /** What can be asked for in this mode; only told when nobody can take the request. */
  readonly possible: Possibilities | null;
}

export interface QuotedSegments {
  readonly seconds: readonly number[];
  readonly joined: boolean;
  /** As `output.medium` of the finished job: one video, or a list of the segments. */
  readonly medium: "video" | "playlist";
  /** What is charged at the most; of what is held the rest is given back. */
  readonly credits: number;
}

export interface QuotedCandidate {
  readonly model: string;
  readonly provider: string;
  readonly label: string;
  readonly score: number;
  readonly factors: Factors;
  readonly costUsd: number;
  /** What the video would cost its owner if this one were the first choice; of the first, what a start holds. */
  readonly credits: number;
  /** What decisions reckon with: the vendor's usual time, drawn to our own history. */
  readonly p50Seconds: number;
  readonly p90Seconds: number;
  /** The same figures where enough jobs of our own stand behind them, otherwise `null`. */
  readonly etaSeconds: { readonly p50: number; readonly p90: number } | null;
  /** What this one would change about the request. */
  readonly adjustments: readonly Adjustment[];
}

/** Finished videos, old ones counting less, below which a time is a guess and not told as one. */
const knownFrom = 3;

/** What a request would cost and who would take it. Writes nothing and asks no provider. */
export async function quoteVideo(deps: Deps, caller: Caller, input: unknown): Promise<Quote> {
  const request = checkRequest(deps, input);
  const snapshot = await deps.snapshot();
  const budgets = await readBudgets(deps, caller.uid, snapshot.policy);
  const selection = selectFor(deps, caller, request, snapshot, deps.now(), budgets);
  const { record, winner } = selection;
  const refusal = winner === null ? refusalOf(deps, request, selection, snapshot, budgets) : null;
  const credits = winner === null ? null : priceOf(request, workOf(winner), snapshot.policy).credits;
  const { policyVersion, profile, ranked, rejected, retryAt } = record.decision;
  return {
    policyVersion,
    profile,
    candidates: ranked.map((candidate, place) => ({
      ...toQuoted(deps, request, record, candidate, snapshot.policy),
      ...(place === 0 && credits !== null ? { credits } : {}),
    })),
    rejected,
    credits,
    adjustments: winner?.adjustments ?? [],
    prompt: scorePrompt(request),
    segments: segmentsOf(selection, credits ?? 0, snapshot.policy),
    refusal:
      refusal === null
        ? null
        : { code: refusal.code, message: refusal.message, retryable: refusal.retryable },
    retryAt,
    possible: winner === null ? possibilities(deps.catalogue, modeOf(request)) : null,
  };
}

function segmentsOf({ composition: plan }: Selection, full: number, policy: Policy): Quote["segments"] {
  if (plan?.type !== "segments") return null;
  const { seconds, joined } = plan;
  if (joined) return { seconds, joined, medium: "video", credits: full };
  return { seconds, joined, medium: "playlist", credits: creditsForSegments(full, policy) };
}

function toQuoted(
  deps: Deps,
  request: VideoRequest,
  { facts }: DecisionRecord,
  candidate: RankedCandidate,
  policy: Policy,
): QuotedCandidate {
  const { model, provider, score, factors, costUsdMicros, p50Seconds, p90Seconds } = candidate;
  const { adjustments = [] } = candidate;
  const entry = deps.catalogue.entries.find((one) => one.model.id === model);
  const successes = facts.find((one) => one.model === model)?.successes ?? 0;
  return {
    model,
    provider,
    label: entry?.model.label ?? model,
    score,
    factors,
    costUsd: microsToUsd(costUsdMicros),
    // What it makes in how many seconds does not change the price of the whole.
    credits: priceOf(request, { costUsdMicros, seconds: 0, imageCostUsdMicros: null }, policy).credits,
    p50Seconds,
    p90Seconds,
    etaSeconds: successes < knownFrom ? null : { p50: p50Seconds, p90: p90Seconds },
    adjustments,
  };
}
