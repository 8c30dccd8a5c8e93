import { UnreachableError } from "../domain/errors.js";
import type { Operation, OperationStatus, VideoProvider } from "../domain/provider/provider.js";
import type { Deps } from "./deps.js";

/** A generation, and the fingerprint of the key that it was started with where that is known. */
export interface StartedOperation {
  readonly jobId: string;
  readonly attempt: number;
  readonly operation: Operation;
  readonly credentialId: string | null;
}

/**
 * Asks a provider about a generation. An account knows its own ones only, so under another key "I do
 * not know it" says nothing: the generation may be paid for, and is found again when the key is put
 * back. Throws `UnreachableError` then, as whenever nobody could find out.
 */
export async function readOperation(
  deps: Deps,
  provider: VideoProvider,
  { jobId, attempt, operation, credentialId }: StartedOperation,
): Promise<OperationStatus> {
  const status = await provider.status(operation);
  if (status.status === "pending" && status.unknownWord !== undefined) {
    deps.log.warn("provider.unknown_status", {
      jobId,
      attempt,
      provider: provider.id,
      word: status.unknownWord,
    });
  }
  if (status.status !== "missing" || !isOfAnotherKey(provider, credentialId)) return status;
  deps.log.warn("provider.credential_changed", { jobId, attempt, provider: provider.id });
  throw new UnreachableError("it was started with another key, perhaps of another account", {
    sent: "maybe",
    code: "unknown",
  });
}

/** Starts of which the key is not on record are taken for those of the key in use. */
export function isOfAnotherKey(provider: VideoProvider, credentialId: string | null | undefined): boolean {
  return credentialId != null && credentialId !== provider.credentialId;
}
