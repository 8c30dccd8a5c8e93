import { RequestError } from "../../domain/errors.js";

/**
 * The job or batch that is there already under the id of a request. Throws `RequestError` when it was
 * made of a different request; `idName` is what its id is called in the details.
 */
export function sameRequest<Stored extends { readonly id: string; readonly requestHash: string }>(
  existing: Stored,
  requestHash: string,
  idName: "jobId" | "batchId",
): Stored {
  if (existing.requestHash === requestHash) return existing;
  throw new RequestError("already_exists", "requestId: it was used for a different request; choose another", {
    [idName]: existing.id,
    requestHash,
    existingRequestHash: existing.requestHash,
  });
}
