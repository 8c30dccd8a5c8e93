import type { Policy } from "../../domain/policy/policy.js";
import { builtInPolicy, type PublishedPolicy, parsePolicy } from "../../domain/policy/publication.js";
import {
  type ChangedWinner,
  compareDecisions,
  type PolicyComparison,
  type ShadowReport,
  shadowReport,
} from "../../domain/selection/comparison.js";
import { policyWarnings } from "../../domain/selection/policy-warnings.js";
import { isAltered } from "../../domain/selection/record.js";
import type { Deps } from "../deps.js";
import type { StoredDecision } from "../ports/job-store.js";

export interface PolicyOverview {
  readonly live: Policy;
  /** Newest first; the built-in one is the last of all. */
  readonly versions: readonly PublishedPolicy[];
  readonly shadow: ShadowOverview | null;
}

interface ShadowOverview {
  readonly policy: Policy;
  readonly report: ShadowReport;
}

/** The policy in force, those before it, and what the watched one would have changed. */
export async function readPolicy(
  deps: Deps,
  options: { versions: number; decisions: number },
): Promise<PolicyOverview> {
  const { policy: live, shadow } = await deps.snapshot();
  const published = await deps.policies.list(options.versions);
  const versions = published.length < options.versions ? [...published, builtInPolicy] : published;
  if (shadow == null) return { live, versions, shadow: null };
  const { decisions } = await soundDecisions(deps, options.decisions);
  return { live, versions, shadow: { policy: shadow, report: shadowReport(decisions, shadow.version) } };
}

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
  const { health } = await deps.snapshot();
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
