import { RequestError } from "../../domain/errors.js";
import { type Policy, policySchema } from "../../domain/policy/policy.js";
import { type PublishedPolicy, parsePolicy } from "../../domain/policy/publication.js";
import { policyWarnings } from "../../domain/selection/policy-warnings.js";
import type { Deps } from "../deps.js";
import { audit } from "./audit.js";

export interface Publication {
  readonly published: PublishedPolicy;
  readonly warnings: readonly string[];
}

/** Decisions that are looked through for the number of an earlier shadow. */
const recentDecisions = 200;

/**
 * Puts a policy into force, under the next free number whatever number it bears. A policy under
 * which common requests find nobody is published only when that was seen and accepted.
 */
export async function publishPolicy(
  deps: Deps,
  actor: string,
  input: { policy: unknown; note: string; acceptWarnings: boolean },
): Promise<Publication> {
  const policy = parsePolicy(input.policy, deps.catalogue);
  const warnings = await warningsOf(deps, policy);
  if (warnings.length > 0 && !input.acceptWarnings) {
    throw new RequestError(
      "invalid_argument",
      `acceptWarnings: must be true to publish this policy. ${warnings.join(" ")}`,
      { field: "acceptWarnings", warnings },
    );
  }
  const published = await publishNext(deps, actor, policy, input.note);
  await audit(deps, actor, "policy.published", `policy/${published.policy.version}`, {
    replaces: published.replaces,
    note: input.note,
    warnings,
  });
  return { published, warnings };
}

/**
 * Puts the policy back that the live one replaced, as a new version: a second step back undoes the
 * first. Asks no questions, because this is what one does in trouble; warnings come with the answer.
 */
export async function rollBackPolicy(deps: Deps, actor: string, note: string): Promise<Publication> {
  const { policy: live } = await deps.snapshot();
  const replaces = (await deps.policies.version(live.version))?.replaces ?? null;
  const earlier = replaces === null ? null : await deps.policies.version(replaces);
  if (earlier === null) {
    throw new RequestError(
      "invalid_argument",
      `Version ${live.version} has replaced none: nothing to go back to.`,
    );
  }
  const parsed = policySchema.safeParse(earlier.policy);
  if (!parsed.success) {
    const paths = parsed.error.issues.map((issue) => issue.path.join(".")).join(", ");
    throw new RequestError(
      "invalid_argument",
      `Version ${earlier.policy.version} is from an older release and lacks or exceeds ${paths}; publish it again by hand.`,
    );
  }
  const published = await publishNext(deps, actor, parsed.data, note);
  await audit(deps, actor, "policy.rolled_back", `policy/${published.policy.version}`, {
    replaces: published.replaces,
    restores: earlier.policy.version,
    note,
  });
  return { published, warnings: await warningsOf(deps, parsed.data) };
}

/** Watches a policy beside the live one, or `null` for none. Returns it under its number. */
export async function setShadow(deps: Deps, actor: string, input: unknown): Promise<Policy | null> {
  if (input === null) {
    await deps.policies.setShadow(null);
    await audit(deps, actor, "policy.shadow_cleared", "policy/shadow");
    return null;
  }
  const draft = parsePolicy(input, deps.catalogue);
  const shadow = { ...draft, version: await nextShadowVersion(deps) };
  await deps.policies.setShadow(shadow);
  await audit(deps, actor, "policy.shadow_set", "policy/shadow", { version: shadow.version });
  return shadow;
}

async function publishNext(
  deps: Deps,
  author: string,
  policy: Policy,
  note: string,
): Promise<PublishedPolicy> {
  const { policy: live } = await deps.snapshot();
  const version = Math.max(await highestVersion(deps), live.version) + 1;
  const published: PublishedPolicy = {
    policy: { ...policy, version },
    author,
    note,
    publishedAt: deps.now(),
    replaces: live.version,
  };
  await deps.policies.publish(published);
  return published;
}

async function highestVersion(deps: Deps): Promise<number> {
  const [newest] = await deps.policies.list(1);
  return newest?.policy.version ?? 0;
}

/** A number that no published policy and no earlier shadow bears, so that reports tell them apart. */
async function nextShadowVersion(deps: Deps): Promise<number> {
  const { policy, shadow } = await deps.snapshot();
  const decisions = await deps.jobs.listDecisions(recentDecisions);
  const watched = decisions.map(({ record }) => record.shadow?.policyVersion ?? 0);
  return Math.max(await highestVersion(deps), policy.version, shadow?.version ?? 0, ...watched) + 1;
}

async function warningsOf(deps: Deps, policy: Policy): Promise<string[]> {
  const { health } = await deps.snapshot();
  return policyWarnings(policy, deps.catalogue, health, deps.now());
}
