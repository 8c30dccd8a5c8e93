import { z } from "zod";
import { RequestError } from "../errors.js";
import { type Catalogue, knownIds } from "../provider/catalogue.js";
import { modeNames } from "../provider/model.js";
import { defaultPolicy, type Policy, policySchema } from "./policy.js";

/** A policy as it was published: who put it into force, when, why, and instead of which version. */
export interface PublishedPolicy {
  readonly policy: Policy;
  readonly author: string;
  readonly note: string;
  readonly publishedAt: number;
  /** The version that was live before; `null` only for the built-in one. */
  readonly replaces: number | null;
}

/** Version 0, which is nobody's and cannot be published again under its number. */
export const builtInPolicy: PublishedPolicy = {
  policy: defaultPolicy,
  author: "built-in",
  note: "the policy of a new installation",
  publishedAt: 0,
  replaces: null,
};

export interface PolicyProblem {
  /** Names joined by dots; empty for the policy as a whole. */
  readonly path: string;
  readonly problem: string;
}

/** Reads a draft. Throws a `RequestError` that lists every problem at once, each by its path. */
export function parsePolicy(input: unknown, catalogue: Catalogue): Policy {
  const parsed = policySchema.safeParse(input);
  const fields = [
    ...(parsed.error?.issues ?? []).flatMap(toProblems),
    ...traitProblems(input),
    ...idProblems(input, catalogue),
  ];
  if (parsed.success && fields.length === 0) return parsed.data;
  const problems = fields.map(({ path, problem }) => `${path === "" ? "policy" : path}: ${problem}`);
  throw new RequestError("invalid_argument", problems.join("; "), { fields });
}

function toProblems(issue: z.core.$ZodIssue): PolicyProblem[] {
  if (issue.code !== "unrecognized_keys") {
    return [{ path: issue.path.join("."), problem: issue.message }];
  }
  return issue.keys.map((key) => ({
    path: [...issue.path, key].join("."),
    problem: "unknown field: remove it",
  }));
}

/** The parts that are keyed by free words, whatever is wrong with the rest. */
const keyed = z
  .object({
    priorities: z.record(z.string(), z.unknown()).catch({}),
    affinities: z.record(z.string(), z.record(z.string(), z.unknown()).catch({})).catch({}),
    budgets: z.object({ providers: z.record(z.string(), z.unknown()) }).catch({ providers: {} }),
  })
  .catch({ priorities: {}, affinities: {}, budgets: { providers: {} } });

/** An id that nothing bears would quietly have no effect. */
function idProblems(input: unknown, catalogue: Catalogue): PolicyProblem[] {
  const { priorities, affinities, budgets } = keyed.parse(input);
  const known = knownIds(catalogue);
  const rows = [
    ...Object.keys(priorities).map((id) => ({ id, path: `priorities.${id}` })),
    ...Object.entries(affinities).flatMap(([trait, row]) =>
      Object.keys(row).map((id) => ({ id, path: `affinities.${trait}.${id}` })),
    ),
  ];
  const unknown = rows
    .filter(({ id }) => !known.includes(id))
    .map(({ path }) => ({ path, problem: `no such provider or model; known are ${known.join(", ")}` }));
  const uncapped = Object.keys(budgets.providers)
    .filter((id) => !catalogue.providers.includes(id))
    .map((id) => ({
      path: `budgets.providers.${id}`,
      problem: `no such provider; known are ${catalogue.providers.join(", ")}`,
    }));
  return [...unknown, ...uncapped];
}

function traitProblems(input: unknown): PolicyProblem[] {
  const modes: readonly string[] = modeNames.map((name) => `mode:${name}`);
  return Object.keys(keyed.parse(input).affinities)
    .filter((trait) => !modes.includes(trait) && !/^(style|strategy):./.test(trait))
    .map((trait) => ({
      path: `affinities.${trait}`,
      problem: `must be style:…, strategy:… or one of ${modes.join(", ")}`,
    }));
}
