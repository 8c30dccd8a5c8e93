import type { IncomingMessage, ServerResponse } from "node:http";
import type { ObjectStore } from "./object-store.js";
import type { ResumableUploads } from "./resumable-uploads.js";
import type { Signer } from "./signed-url.js";

/** One request with everything that answering it may need. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Decoded segments of the path behind the prefix of the dialect. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  readonly origin: string;
  readonly store: ObjectStore;
  readonly uploads: ResumableUploads;
  readonly signers: readonly Signer[];
  now(): number;
}
