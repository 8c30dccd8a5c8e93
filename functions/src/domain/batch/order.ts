import { canonicalJson, sha256 } from "../hash.js";
import type { JobRequest } from "../request/job-request.js";
import type { Batch } from "./batch.js";

/** What is asked for together, each by itself as it will be kept with its job. */
export interface BatchOrder extends Pick<Batch, "type" | "projectId"> {
  readonly requestId: string | undefined;
  readonly requests: ReadonlyMap<string, JobRequest>;
}

/** Equal for equal orders; tells a reused requestId apart. */
export function orderHash({ type, projectId, requests }: BatchOrder): string {
  return sha256(canonicalJson({ type, projectId, requests: Object.fromEntries(requests) }));
}

/** Where the caller named an item, in the words of the input. */
export function itemPath(type: Batch["type"], key: string): string {
  return `${type === "clips" ? "frames" : "scenes"}.${key}`;
}
