import { StorageError } from "./storage-error.js";
import { isPublic, type StoredObject } from "./stored-object.js";

/** Who may open the objects of a bucket. */
export type BucketAccess =
  /** Each object has a list of its own; a bucket like that is called fine-grained. */
  | { readonly type: "objects" }
  /** The policy of the bucket and of its managed folders decides, and objects have no lists. */
  | { readonly type: "uniform"; readonly publicPrefixes: readonly string[] };

/** What Cloud Storage answers, word for word (reported by users of several clients, read 2026-12-01). */
const refusal =
  "Cannot insert legacy ACL for an object when uniform bucket-level access is enabled. " +
  "Read more at https://cloud.google.com/storage/docs/uniform-bucket-level-access";

const aclParameters = ["predefinedAcl", "destinationPredefinedAcl"];

/** Whatever would give an object a list of its own is refused where there are none. */
export function checkAclUse(access: BucketAccess, path: readonly string[], query: URLSearchParams): void {
  if (access.type === "objects") return;
  const isAcl = path[2] === "o" && path[4] === "acl";
  if (isAcl || aclParameters.some((name) => query.has(name))) throw new StorageError("invalid", refusal);
}

/** May somebody read it who is not logged in? */
export function isOpenToAll(access: BucketAccess, object: StoredObject): boolean {
  if (access.type === "objects") return isPublic(object);
  return access.publicPrefixes.some((prefix) => object.name.startsWith(prefix));
}

export function bucketResource(access: BucketAccess, name: string): Record<string, unknown> {
  return {
    ...{ kind: "storage#bucket", id: name, name, location: "US" },
    iamConfiguration: {
      uniformBucketLevelAccess: { enabled: access.type === "uniform" },
      publicAccessPrevention: "inherited",
    },
  };
}
