import { RequestError } from "../../domain/errors.js";
import type { Catalogue } from "../../domain/provider/catalogue.js";
import { describePossibilities, possibilities } from "../../domain/provider/possibilities.js";
import { type ModelRequest, modeOf } from "../../domain/request/request.js";
import type { RejectionReason } from "../../domain/selection/decision.js";
import type { Selection } from "../../domain/selection/selection.js";

/** Reasons that pass without the caller doing anything. */
const passing: ReadonlySet<RejectionReason> = new Set([
  "key_missing",
  "provider_off",
  "provider_draining",
  "circuit_isolated",
  "circuit_open",
  "trial_taken",
  "concurrency_reached",
  "balance_too_low",
  "budget_exceeded",
]);

/** Why nobody can take a request: busy for a while, or impossible as it was asked. */
export function noCandidateError(
  catalogue: Catalogue,
  request: ModelRequest,
  selection: Selection,
): RequestError {
  const { rejected, retryAt } = selection.record.decision;
  const reasons = Object.fromEntries(rejected.map(({ model, reason }) => [model, reason]));
  if (rejected.some(({ reason }) => passing.has(reason))) {
    const when = retryAt === null ? "later" : `at ${new Date(retryAt).toISOString()}`;
    const message = `No provider can take this request now; try again ${when}.`;
    return new RequestError("no_candidate", message, { retryAt, reasons });
  }
  const possible = possibilities(catalogue, modeOf(request));
  const message = `No model can make this. Possible for "${request.kind}": ${describePossibilities(possible)}.`;
  return new RequestError("invalid_argument", message, { possible, reasons });
}
