import type { Job } from "../domain/job/job.js";
import { toView } from "../domain/job/view.js";
import { microsToUsd, type UsdMicros } from "../domain/money.js";
import type { Adjustment } from "../domain/request/adjustment.js";
import { shownAs } from "../domain/selection/composite-plan.js";
import type { Selection } from "../domain/selection/selection.js";
import type { Submitted } from "../engine/job/submit-job.js";

/** What a caller learns at once: the job, and what its first choice would be and cost. */
export interface Created {
  readonly jobId: string;
  readonly status: Job["status"];
  readonly provider: string | null;
  readonly model: string | null;
  readonly estimate: {
    /** What we expect to pay the provider; `null` when nothing has been chosen yet. */
    readonly costUsd: number | null;
    readonly credits: number;
    /** `null` for a job that was there already: `getVideo` tells how far it is. */
    readonly etaSeconds: number | null;
  };
  readonly adjustments: readonly Adjustment[];
}

export function toCreated({ job, selection }: Submitted, now: number): Created {
  const winner = selection?.winner ?? null;
  const view = toView(job, now);
  const costUsdMicros = winner?.costUsdMicros ?? expectedCost(job);
  const first = selection === null ? null : firstChoice(selection);
  return {
    jobId: job.id,
    status: job.status,
    provider: first?.provider ?? view.provider,
    model: first?.model ?? view.model,
    estimate: {
      costUsd: costUsdMicros === null ? null : microsToUsd(costUsdMicros),
      credits: view.endedAt === null ? job.heldCredits : job.chargedCredits,
      etaSeconds: winner === null ? null : Math.ceil(winner.p50Seconds),
    },
    adjustments: winner?.adjustments ?? view.adjustments,
  };
}

function firstChoice({ winner, composition }: Selection) {
  if (winner === null) return null;
  const { provider, id: model } = winner.model;
  return composition === undefined ? { provider, model } : shownAs[composition.type];
}

function expectedCost({ attempts, composition }: Job): UsdMicros | null {
  return attempts.at(-1)?.estimatedCostUsdMicros ?? composition?.estimate?.costUsdMicros ?? null;
}
