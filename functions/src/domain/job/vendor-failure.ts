import type { Failure } from "../errors.js";
import type { GenerationPlan } from "../provider/provider.js";
import { withoutQuotes } from "../redact.js";

/** A vendor's refusal without what it repeats of the texts that it was sent: those are the user's. */
export function withoutPrompt(failure: Failure, plan: GenerationPlan): Failure {
  const unquoted = (text: string) =>
    [plan.text, plan.negativePrompt ?? ""].reduce((rest, quoted) => withoutQuotes(rest, quoted), text);
  const { providerCode, detail } = failure;
  return {
    ...failure,
    ...(providerCode === undefined ? {} : { providerCode: unquoted(providerCode) }),
    ...(detail === undefined ? {} : { detail: unquoted(detail) }),
  };
}
