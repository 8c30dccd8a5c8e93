import type { Policy } from "../../domain/policy/policy.js";
import { builtInPolicy, type PublishedPolicy } from "../../domain/policy/publication.js";
import { type ShadowReport, shadowReport } from "../../domain/selection/comparison.js";
import type { Deps } from "../deps.js";
import { soundDecisions } from "./dry-run-policy.js";

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
  const { policy: live, shadow } = await deps.health.snapshot();
  const published = await deps.health.listPolicies(options.versions);
  const versions = published.length < options.versions ? [...published, builtInPolicy] : published;
  if (shadow == null) return { live, versions, shadow: null };
  const { decisions } = await soundDecisions(deps, options.decisions);
  return { live, versions, shadow: { policy: shadow, report: shadowReport(decisions, shadow.version) } };
}
