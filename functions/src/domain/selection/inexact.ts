import type { Mode } from "../provider/model.js";
import { hasRatio, pixelsOf } from "../provider/resolution.js";
import { type ExactField, exactFieldsOf, type ModelRequest } from "../request/request.js";
import { type CandidateFacts, inexactFields } from "./decision.js";
import { named } from "./fit.js";
import { lengthsOf } from "./segments.js";

/** A request for which everybody would have to change a field that may not be changed. */
interface InexactCase {
  readonly request: ModelRequest;
  readonly nearest: readonly CandidateFacts[];
  /** What the nearest make. */
  readonly modes: readonly Mode[];
}

interface InexactWords {
  /** Goes on from "No model can make this". */
  readonly problem: string;
  readonly remedy: string;
}

/** The first field that the candidate changes which changes the fewest. */
export function inexactField({ request, nearest }: Pick<InexactCase, "request" | "nearest">): ExactField {
  const exact = exactFieldsOf(request);
  const lists = nearest.map((facts) => inexactFields({ exact }, facts));
  const [fields] = lists.toSorted((a, b) => a.length - b.length);
  return fields?.[0] ?? "durationSeconds";
}

/** What a field cannot be exactly, and what it can. */
export function inexactWords(field: ExactField, asked: InexactCase): InexactWords {
  const { problem, possible } = (words[field] ?? optionWords(field))(asked);
  const otherwise = `leave ${field} out of exact`;
  return { problem, remedy: possible === "" ? `${upperFirst(otherwise)}.` : `${possible}, or ${otherwise}.` };
}

type Words = (asked: InexactCase) => {
  readonly problem: string;
  /** Without a full stop; empty where nothing else is possible. */
  readonly possible: string;
};

/** Of a field that a model takes or does not take. */
function optionWords(field: ExactField): Words {
  return () => ({ problem: ` with ${field} as a field of its own`, possible: "Leave it out" });
}

const words: Readonly<Partial<Record<ExactField, Words>>> = {
  aspectRatio: ({ request, modes }) => ({
    problem: ` at exactly ${request.aspectRatio} and ${request.resolution}`,
    possible: listed(
      modes.flatMap(({ sizes, shapeFromPicture }) =>
        shapeFromPicture === true
          ? []
          : sizes
              .filter((size) => size.resolution === request.resolution && hasRatio(size, size.ratio))
              .map(({ ratio }) => ratio),
      ),
    ),
  }),
  resolution: ({ request, modes }) => {
    const { aspectRatio, resolution, pixels } = request;
    const sizes = modes.flatMap((mode) => mode.sizes.filter(({ ratio }) => ratio === aspectRatio));
    const exact = sizes.filter((size) => named(size) === named(pixelsOf(size.ratio, size.resolution)));
    return {
      problem: ` at exactly ${pixels === undefined ? `${resolution} and ${aspectRatio}` : named(pixels)}`,
      possible:
        pixels === undefined && exact.length > 0
          ? listed(exact.map((size) => size.resolution))
          : listed(sizes.map(named)),
    };
  },
  durationSeconds: ({ request, modes }) => {
    if (request.kind === "avatar") {
      return { problem: ` of a set length: the script decides it`, possible: "Leave it out" };
    }
    const asked = request.kind === "still" ? 0 : request.durationSeconds;
    const lengths = modes.flatMap(({ durations }) => lengthsOf(durations)).sort((a, b) => a - b);
    const near = [lengths.findLast((length) => length <= asked), lengths.find((length) => length > asked)];
    return {
      problem: ` of exactly ${asked} s`,
      possible: listed(near.flatMap((length) => (length === undefined ? [] : [`${length} s`]))),
    };
  },
  audio: () => ({ problem: " without sound", possible: "Set audio to true" }),
  prompt: () => ({
    problem: " from all that the prompt is to hold",
    possible: "Give less of style, camera, cvScript and negativePrompt",
  }),
  output: () => ({
    problem: " in one file, since no converter here joins segments",
    possible: "Ask for less",
  }),
};

function listed(possible: readonly string[]): string {
  return possible.length === 0 ? "" : `Possible are ${[...new Set(possible)].join(", ")}`;
}

function upperFirst(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
