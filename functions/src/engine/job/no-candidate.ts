import { RequestError } from "../../domain/errors.js";
import { type Catalogue, describePossibilities, possibilities } from "../../domain/provider/catalogue.js";
import { type ModelRequest, modeOf } from "../../domain/request/request.js";
import { rejection } from "../../domain/selection/rejections.js";
import type { Selection } from "../../domain/selection/selection.js";

/** Why nobody can take a request: busy for a while, or impossible as it was asked. */
export function noCandidateError(
  catalogue: Catalogue,
  request: ModelRequest,
  selection: Selection,
): RequestError {
  const { rejected, retryAt } = selection.record.decision;
  const reasons = Object.fromEntries(rejected.map(({ model, reason }) => [model, reason]));
  if (rejected.some(({ reason }) => rejection(reason).passes)) {
    const when = retryAt === null ? "later" : `at ${new Date(retryAt).toISOString()}`;
    const message = `No provider can take this request now; try again ${when}.`;
    return new RequestError("no_candidate", message, { retryAt, reasons });
  }
  const possible = possibilities(catalogue, modeOf(request));
  const message = `No model can make this. Possible for "${request.kind}": ${describePossibilities(possible)}.`;
  return new RequestError("invalid_argument", message, { possible, reasons });
}
