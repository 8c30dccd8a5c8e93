import { RequestError } from "../errors.js";
import { microsToUsd, usdToMicros } from "../money.js";
import { type Catalogue, describePossibilities, possibilities } from "../provider/catalogue.js";
import { type ExactField, exactFieldsOf, type ModelRequest, modeOf } from "../request/request.js";
import type { JobRequest } from "../request/scene.js";
import type { CandidateFacts } from "./decision.js";
import { inexactField, inexactWords } from "./inexact.js";
import type { DecisionRecord } from "./record.js";
import { type RejectionReason, rejection, rejections } from "./rejections.js";
import { lengthsOf } from "./segments.js";

/** Who can do something about a rejection: whoever asks, by a field, or else whoever runs this. */
type Remedy =
  | { readonly by: "caller"; readonly explain: (case_: Case) => Explanation }
  | { readonly by: "operator"; readonly words: string }
  | { readonly by: "time" };

interface Explanation {
  readonly field: string;
  /** Goes on from "No model can make this". */
  readonly problem: string;
  readonly remedy: string;
}

/** A request for which nobody was found, and the candidates that came furthest. */
interface Case {
  readonly catalogue: Catalogue;
  readonly request: ModelRequest;
  readonly names: FieldNames;
  readonly nearest: readonly CandidateFacts[];
  /** What the other step of a scene has taken of `maxCostUsd`. */
  readonly spentUsdMicros: number;
}

const remedies = {
  not_selected: {
    by: "caller",
    explain: ({ request, catalogue }) => ({
      field: "providers.only",
      problem: " with the providers and models that it names: none of them has a key here",
      remedy: `Leave it out, or name one of ${makersOf(catalogue, request)}.`,
    }),
  },
  excluded: {
    by: "caller",
    explain: () => ({
      field: "providers.exclude",
      problem: " without the providers and models that it leaves out",
      remedy: "Exclude fewer.",
    }),
  },
  kind_unsupported: { by: "caller", explain: explainKind },
  model_ended: {
    by: "caller",
    explain: () => ({
      field: "providers.only",
      problem: " any more: the provider no longer serves what it names",
      remedy: "Leave it out or name another model.",
    }),
  },
  audio_unsupported: {
    by: "caller",
    explain: () => ({
      field: "audio",
      problem: " with sound",
      remedy: "Set audio to false.",
    }),
  },
  references_unsupported: {
    by: "caller",
    explain: ({ names }) => ({
      field: names.references,
      problem: " with this many reference pictures",
      remedy: "Give another number of them.",
    }),
  },
  text_too_long: {
    by: "caller",
    explain: (asked) => ({
      field: asked.names.text,
      problem: " from a text so long",
      remedy: `Give at most ${textRange(asked).max} characters.`,
    }),
  },
  text_too_short: {
    by: "caller",
    explain: (asked) => ({
      field: asked.names.text,
      problem: " from a text so short",
      remedy: `Give at least ${textRange(asked).min} characters.`,
    }),
  },
  ratio_unsupported: {
    by: "caller",
    explain: ({ names, request, nearest, catalogue }) => ({
      field: names.ratio,
      problem: ` at ${request.aspectRatio}`,
      remedy: `Possible are ${sizesOf(catalogue, request, nearest, "ratio")}.`,
    }),
  },
  resolution_unsupported: {
    by: "caller",
    explain: ({ names, request, nearest, catalogue }) => ({
      field: names.resolution,
      problem: ` at ${request.resolution} and ${request.aspectRatio}`,
      remedy: `Possible are ${sizesOf(catalogue, request, nearest, "resolution")}.`,
    }),
  },
  duration_unsupported: { by: "caller", explain: explainLength },
  not_exact: {
    by: "caller",
    explain: ({ names, request, nearest, catalogue }) => {
      const field = inexactField({ request, nearest });
      const modes = modesOf(catalogue, request, nearest);
      return { field: names.exact[field] ?? field, ...inexactWords(field, { request, nearest, modes }) };
    },
  },
  price_unknown: { by: "operator", words: "has no known price" },
  over_max_cost: {
    by: "caller",
    explain: ({ nearest, spentUsdMicros, request }) => {
      const costs = nearest.flatMap(({ costUsdMicros }) => costUsdMicros ?? []);
      const needed = microsToUsd(Math.min(...costs) + spentUsdMicros);
      const asked = (request.maxCostUsd ?? 0) + microsToUsd(spentUsdMicros);
      return {
        field: "maxCostUsd",
        problem: ` for at most $${rounded(asked)}`,
        remedy: `The cheapest costs $${rounded(needed)}: raise maxCostUsd or leave it out.`,
      };
    },
  },
  deadline_unreachable: {
    by: "caller",
    explain: ({ nearest, request }) => {
      const seconds = Math.ceil(Math.min(...nearest.map(({ p90Seconds }) => p90Seconds)));
      return {
        field: "deadlineSeconds",
        problem: ` within ${request.deadlineSeconds} s for certain`,
        remedy: `Give at least ${seconds} s or leave it out.`,
      };
    },
  },
  key_missing: { by: "operator", words: "has no key here" },
  provider_off: { by: "operator", words: "is switched off" },
  provider_draining: { by: "operator", words: "takes no new videos" },
  already_failed: { by: "operator", words: "has been tried" },
  circuit_isolated: { by: "operator", words: "is taken out of service" },
  circuit_open: { by: "time" },
  trial_taken: { by: "time" },
  concurrency_reached: { by: "time" },
  over_credit_worth: { by: "operator", words: "costs more than is held for it" },
  balance_too_low: { by: "operator", words: "has too little balance" },
  budget_exceeded: { by: "time" },
} as const satisfies Record<RejectionReason, Remedy>;

const remedyOf = (reason: RejectionReason): Remedy => remedies[reason];

/** Can nobody make it however things stand, so that only another request helps? */
export function isImpossible({ decision, facts }: DecisionRecord): boolean {
  return (
    decision.winner === null &&
    offeredOf({ decision, facts }).every(({ reason }) => remedyOf(reason).by === "caller")
  );
}

/** Those that are on offer at all: with a key and a price. */
function offeredOf({ decision, facts }: Pick<DecisionRecord, "decision" | "facts">) {
  const configured = new Set(facts.filter((candidate) => candidate.configured).map(({ model }) => model));
  return decision.rejected.filter(({ model, reason }) => configured.has(model) && reason !== "price_unknown");
}

/**
 * Why nobody takes a request. What only another request can help names the field and the remedy; what
 * passes says when, where that is known; and nobody is sent to wait for what does not pass by itself.
 * `request` is what models were asked for, `asked` what the caller wrote.
 */
export function noCandidate(
  catalogue: Catalogue,
  asked: JobRequest,
  request: ModelRequest,
  record: DecisionRecord,
  paused: boolean,
): RequestError {
  const { rejected, retryAt } = record.decision;
  const reasons = Object.fromEntries(rejected.map(({ model, reason }) => [model, reason]));
  const offered = offeredOf(record);
  if (offered.length === 0) {
    const message = "No provider can take this request: none here has a key and a price.";
    return new RequestError("no_candidate", message, { retryAt: null, reasons }, false);
  }
  if (isImpossible(record)) return impossible(catalogue, asked, request, record, reasons);
  if (paused) {
    const message = "New videos are paused at the moment; nothing was started or charged.";
    return new RequestError("no_candidate", message, { retryAt: null, paused: true });
  }
  const passing = offered.some(({ reason }) => rejection(reason).passes);
  const when = retryAt === null ? "later" : `at ${new Date(retryAt).toISOString()}`;
  const message = passing
    ? `No provider can take this request now; try again ${when}.`
    : `No provider can take this request now: ${whyOut(offered)}.`;
  return new RequestError("no_candidate", message, { retryAt, reasons }, passing);
}

/** What is wrong with those that could make it. */
function whyOut(rejected: readonly { readonly reason: RejectionReason }[]): string {
  const words = rejected.flatMap(({ reason }) => {
    const remedy = remedyOf(reason);
    return remedy.by === "operator" ? [remedy.words] : [];
  });
  return `whoever could make it ${[...new Set(words)].join(" or ")}`;
}

function impossible(
  catalogue: Catalogue,
  asked: JobRequest,
  request: ModelRequest,
  { decision, facts }: DecisionRecord,
  reasons: Readonly<Record<string, RejectionReason>>,
): RequestError {
  const offered = offeredOf({ decision, facts });
  const furthest = order.findLast((reason) => offered.some((one) => one.reason === reason)) ?? "excluded";
  const nearest = facts.filter(({ model }) =>
    offered.some((one) => one.model === model && one.reason === furthest),
  );
  const allowance = asked.maxCostUsd === undefined ? undefined : usdToMicros(asked.maxCostUsd);
  const left = request.maxCostUsd === undefined ? 0 : usdToMicros(request.maxCostUsd);
  const spentUsdMicros = allowance === undefined ? 0 : allowance - left;
  const names = fieldNames(asked, request);
  const remedy = remedyOf(furthest);
  const {
    field,
    problem,
    remedy: advice,
  } = remedy.by === "caller"
    ? remedy.explain({ catalogue, request, names, nearest, spentUsdMicros })
    : explainKind({ catalogue, request, names, nearest, spentUsdMicros });
  const possible = possibilities(catalogue, modeOf(request));
  const range =
    rejection(furthest).about === "shape"
      ? ` Possible for "${request.kind}": ${describePossibilities(possible)}.`
      : "";
  const message = `${field}: No model can make this${problem}. ${advice}${range}`;
  return new RequestError("invalid_argument", message, { field, possible, reasons });
}

const order = Object.keys(rejections) as RejectionReason[];

/** How the caller wrote the fields of a model's request. */
interface FieldNames {
  readonly text: string;
  readonly ratio: string;
  readonly resolution: string;
  readonly seconds: string;
  readonly references: string;
  /** Where it is another word than that of `exact`. */
  readonly exact: Readonly<Partial<Record<ExactField, string>>>;
}

function fieldNames(asked: JobRequest, request: ModelRequest): FieldNames {
  if (asked.kind !== "scene") {
    return {
      text: asked.kind === "avatar" ? "script" : "prompt",
      ratio: "aspectRatio",
      resolution: "resolution",
      seconds: asked.kind === "avatar" ? "script" : "durationSeconds",
      references: "references",
      exact: asked.kind === "avatar" ? { prompt: "script" } : {},
    };
  }
  return {
    text: request.kind === "still" ? "scene.imagePrompt" : "scene.visualPrompt",
    ratio: "scenario.resolution",
    resolution: "scenario.resolution",
    seconds: "scene.durationSeconds",
    references: "scene.referenceImage",
    exact: {
      aspectRatio: "scenario.resolution",
      resolution: "scenario.resolution",
      durationSeconds: "scene.durationSeconds",
      prompt: request.kind === "still" ? "scene.imagePrompt" : "scene.visualPrompt",
    },
  };
}

function explainKind({ catalogue, request }: Case): Explanation {
  const makers = makersOf(catalogue, request);
  if (request.providers.only !== undefined && makers !== "") {
    return {
      field: "providers.only",
      problem: `: nothing that it names makes "${request.kind}"`,
      remedy: `Leave it out, or name one of ${makers}.`,
    };
  }
  if (request.providers.exclude !== undefined && makers !== "") {
    return {
      field: "providers.exclude",
      problem: `: whatever makes "${request.kind}" is left out`,
      remedy: `Exclude fewer of ${makers}.`,
    };
  }
  const modes = catalogue.entries.flatMap(({ model, configured }) =>
    configured ? Object.keys(model.modes) : [],
  );
  const kinds = ["text", "image", "frames", "avatar"].filter((kind) => modes.includes(kind));
  return {
    field: "kind",
    problem: `: nobody who has a key here makes "${request.kind}"`,
    remedy: `Possible are ${kinds.join(", ")}.`,
  };
}

function makersOf({ entries }: Catalogue, request: ModelRequest): string {
  const makers = entries.filter(({ model, configured }) => configured && model.modes[modeOf(request)]);
  return [...new Set(makers.map(({ model }) => model.provider))].join(", ");
}

function modesOf({ entries }: Catalogue, request: ModelRequest, nearest: readonly CandidateFacts[]) {
  return entries.flatMap(({ model }) =>
    nearest.some((candidate) => candidate.model === model.id) ? (model.modes[modeOf(request)] ?? []) : [],
  );
}

function textRange({ catalogue, request, nearest }: Case) {
  const modes = modesOf(catalogue, request, nearest);
  return {
    min: Math.min(...modes.map(({ textMin = 1 }) => textMin)),
    max: Math.max(...modes.map(({ textLimit }) => textLimit.max)),
  };
}

function sizesOf(
  catalogue: Catalogue,
  request: ModelRequest,
  nearest: readonly CandidateFacts[],
  part: "ratio" | "resolution",
): string {
  const sizes = modesOf(catalogue, request, nearest).flatMap((mode) => mode.sizes);
  const shown = part === "ratio" ? sizes : sizes.filter(({ ratio }) => ratio === request.aspectRatio);
  return [...new Set((shown.length === 0 ? sizes : shown).map((size) => size[part]))].join(", ");
}

function explainLength({ catalogue, request, names, nearest }: Case): Explanation {
  const modes = modesOf(catalogue, request, nearest);
  if (request.kind === "avatar") {
    const longest = Math.max(...modes.map(({ durations }) => durationLimit(durations)));
    return {
      field: names.seconds,
      problem: " from a script that takes so long to speak",
      remedy: `At most ${longest} s are possible, about ${longest * 15} characters.`,
    };
  }
  const asked = request.kind === "still" ? 0 : request.durationSeconds;
  const lengths = [...new Set(modes.flatMap(({ durations }) => lengthsOf(durations)))].sort((a, b) => a - b);
  const near = [lengths.filter((length) => length <= asked).at(-1), lengths.find((length) => length > asked)];
  const shown = near.filter((length) => length !== undefined).map((length) => `${length} s`);
  return {
    field: names.seconds,
    problem: exactFieldsOf(request).includes("durationSeconds") ? ` of exactly ${asked} s` : ` of ${asked} s`,
    remedy: `The nearest possible are ${shown.join(" and ")}.`,
  };
}

function durationLimit(durations: Parameters<typeof lengthsOf>[0]): number {
  return durations.type === "script" ? durations.maxSeconds : Math.max(0, ...lengthsOf(durations));
}

/** Dollars as a person writes them, never less than the figure. */
function rounded(usd: number): string {
  return usd < 0.01 ? String(usd) : String(Math.ceil(Number((usd * 100).toFixed(6))) / 100);
}
