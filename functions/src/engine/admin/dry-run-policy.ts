import { parsePolicy } from "../../domain/policy/publication.js";
import {
  type ChangedWinner,
  compareDecisions,
  type PolicyComparison,
} from "../../domain/selection/comparison.js";
import { policyWarnings } from "../../domain/selection/policy-warnings.js";
import { isAltered } from "../../domain/selection/record.js";
import type { Deps } from "../deps.js";
import type { StoredDecision } from "../ports/job-store.js";

export interface DryRun extends Omit<PolicyComparison, "changed"> {
  readonly changed: readonly ChangedDecision[];
  /** Records that were changed after they were stored; they are left out. */
  readonly altered: number;
  readonly warnings: readonly string[];
}

interface ChangedDecision extends Omit<ChangedWinner, "index"> {
  readonly jobId: string;
  readonly attempt: number;
}

/** What a draft would have chosen in the latest decisions. Writes nothing and asks no provider. */
export async function dryRunPolicy(
  deps: Deps,
  input: { policy: unknown; decisions: number },
): Promise<DryRun> {
  const draft = parsePolicy(input.policy, deps.catalogue);
  const { decisions, altered } = await soundDecisions(deps, input.decisions);
  const comparison = compareDecisions(
    decisions.map(({ record }) => record),
    draft,
  );
  const { health } = await deps.health.snapshot();
  return {
    ...comparison,
    changed: comparison.changed.flatMap(({ index, ...change }) => {
      const stored = decisions[index];
      return stored === undefined ? [] : [{ jobId: stored.jobId, attempt: stored.attempt, ...change }];
    }),
    altered,
    warnings: policyWarnings(draft, deps.catalogue, health, deps.now()),
  };
}

/** The latest decisions without those that are not as they were stored. */
export async function soundDecisions(
  deps: Deps,
  limit: number,
): Promise<{ decisions: StoredDecision[]; altered: number }> {
  const stored = await deps.jobs.listDecisions(limit);
  const decisions = stored.filter(({ record }) => !isAltered(record));
  const altered = stored.length - decisions.length;
  if (altered > 0) deps.log.error("decisions.altered", { altered });
  return { decisions, altered };
}
