import { z } from "zod";
import { RequestError } from "../errors.js";
import { didYouMean } from "../nearest.js";
import { type Catalogue, knownIds } from "../provider/catalogue.js";
import { modeNames } from "../provider/model.js";
import { checkInput, longestMessage, mostProblems, type Problem } from "../request/parse-input.js";
import { cut } from "../shown.js";
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

/** Reads a draft. Throws a `RequestError` that lists the first problems at once, each by its path. */
export function parsePolicy(input: unknown, catalogue: Catalogue): Policy {
  const checked = checkInput(policySchema, input);
  const problems = [
    ...(checked.success ? [] : checked.problems),
    ...traitProblems(input),
    ...idProblems(input, catalogue),
  ].slice(0, mostProblems);
  if (checked.success && problems.length === 0) return checked.data;
  const message = problems
    .map(({ path, problem }) => `${path === "" ? "policy" : path}: ${problem}`)
    .join("; ");
  throw new RequestError("invalid_argument", cut(message, longestMessage), { fields: problems });
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
function idProblems(input: unknown, catalogue: Catalogue): Problem[] {
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
    .map(({ id, path }) => ({ path, problem: nobody("provider or model", id, known) }));
  const uncapped = Object.keys(budgets.providers)
    .filter((id) => !catalogue.providers.includes(id))
    .map((id) => ({
      path: `budgets.providers.${id}`,
      problem: nobody("provider", id, catalogue.providers),
    }));
  return [...unknown, ...uncapped];
}

function nobody(what: string, id: string, known: readonly string[]): string {
  return `no such ${what}${didYouMean(id, known)}; known are ${known.join(", ")}`;
}

function traitProblems(input: unknown): Problem[] {
  const modes: readonly string[] = modeNames.map((name) => `mode:${name}`);
  return Object.keys(keyed.parse(input).affinities)
    .filter((trait) => !modes.includes(trait) && !/^(style|strategy):./.test(trait))
    .map((trait) => ({
      path: `affinities.${trait}`,
      problem: `must be style:…, strategy:… or one of ${modes.join(", ")}`,
    }));
}
