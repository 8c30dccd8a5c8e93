import type { Logger } from "../../engine/ports/logger.js";
import type { Bucket } from "./media-store.js";

/** Below it lies what anybody may open: in a bucket with uniform access its policy says so, not the object. */
export const publicPrefix = "images/";

export interface PublicAccess {
  /** Does the bucket take lists of who may open one object? */
  takesObjectAcls(): Promise<boolean>;
  /** An object was refused with such a list and taken without. */
  objectAclRefused(): void;
  /** The address of an object, if it opens for somebody whom nobody knows. */
  addressOf(path: string): Promise<string | null>;
}

/**
 * How a bucket opens pictures to everybody. A fine-grained one does it object by object. One with uniform
 * access, or where public access is prevented, refuses that; there the managed folder `images/` may be
 * public, and otherwise pictures need links.
 */
export function createPublicAccess(bucket: Bucket, log: Logger): PublicAccess {
  let acls: boolean | undefined;
  let isTold = false;

  return {
    async takesObjectAcls() {
      acls ??= await readAclUse(bucket);
      return acls;
    },

    objectAclRefused() {
      acls = false;
    },

    async addressOf(path) {
      const url = bucket.file(path).publicUrl();
      const response = await fetch(url, { method: "HEAD", signal: AbortSignal.timeout(checkTimeoutMs) });
      if (response.ok) return url;
      // Not an answer to the question: asked again with the next try at this file.
      if (response.status === 429 || response.status >= 500) {
        throw new Error(`whether a picture is public was answered with ${response.status}`);
      }
      if (!isTold)
        log.warn("storage.pictures_not_public", { bucket: bucket.name, remedy: remedyFor(bucket) });
      isTold = true;
      return null;
    },
  };
}

const checkTimeoutMs = 10_000;

/** An account that may not look at the bucket finds out with the first picture. */
async function readAclUse(bucket: Bucket): Promise<boolean> {
  try {
    const [{ iamConfiguration }] = await bucket.getMetadata();
    const isUniform = iamConfiguration?.uniformBucketLevelAccess?.enabled === true;
    return !isUniform && iamConfiguration?.publicAccessPrevention !== "enforced";
  } catch (error) {
    if (codeOf(error) === 403) return true;
    throw error;
  }
}

/**
 * 400 where access is uniform, 412 where an organisation prevents public access, 403 where the account may
 * not change lists. Each may mean something else, which the same request without a list tells.
 */
export function mayBeAclRefusal(error: unknown): boolean {
  return [400, 403, 412].includes(Number(codeOf(error)));
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}

/** A bucket's policy opens all of it or nothing: conditions cannot be set for everybody, folders can. */
function remedyFor({ name }: Bucket): string {
  const folder = `gs://${name}/${publicPrefix}`;
  return (
    `gcloud storage managed-folders create ${folder} && gcloud storage managed-folders ` +
    `add-iam-policy-binding ${folder} --member=allUsers --role=roles/storage.objectViewer`
  );
}
