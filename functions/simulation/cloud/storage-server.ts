import type { IncomingMessage, ServerResponse } from "node:http";
import { startLoopbackServer } from "../kit/loopback-server.js";
import { type BucketAccess, checkAclUse } from "./storage/bucket-access.js";
import type { Signer } from "./storage/downloads.js";
import { answerJsonCall } from "./storage/json-api.js";
import { openObjectStore } from "./storage/object-store.js";
import { type ErrorAnswer, StorageError, toJsonError, toXmlError } from "./storage/storage-error.js";
import { answerUploadCall } from "./storage/upload-api.js";
import { createResumableUploads } from "./storage/uploads.js";
import { answerXmlCall } from "./storage/xml-api.js";

export interface StorageServer {
  readonly port: number;
  /** For `STORAGE_EMULATOR_HOST`. */
  readonly origin: string;
  close(): Promise<void>;
}

const xmlDialect = { prefix: /^/, answer: answerXmlCall, toError: toXmlError };
/** The official client leaves `/storage/v1` out when it is led here by STORAGE_EMULATOR_HOST. */
const jsonDialects = [
  { prefix: /^\/upload\/storage\/v1(?=\/b\/)/, answer: answerUploadCall, toError: toJsonError },
  { prefix: /^(?:\/download)?(?:\/storage\/v1)?(?=\/b\/)/, answer: answerJsonCall, toError: toJsonError },
];

/** Cloud Storage for the real `@google-cloud/storage` client and for signed URLs, kept on disk. */
export async function startStorageServer(options: {
  /** Objects of earlier runs in it are served again. */
  directory: string;
  /** Service accounts whose V4 signed URLs open objects. */
  signers: readonly Signer[];
  /** Signed URLs expire by it. Signing reads the wall clock, so the wall clock it is by default. */
  now?: () => number;
  /** Of every bucket. Absent: each object has a list of its own. */
  access?: BucketAccess;
  port?: number;
}): Promise<StorageServer> {
  const { directory, signers, now = Date.now, access = { type: "objects" } } = options;
  const store = await openObjectStore(directory, now);
  const uploads = createResumableUploads(store);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", origin());
    const dialect = jsonDialects.find(({ prefix }) => prefix.test(url.pathname)) ?? xmlDialect;
    try {
      const path = decodePath(url.pathname.replace(dialect.prefix, ""));
      checkAclUse(access, path, url.searchParams);
      const rest = { query: url.searchParams, origin: origin(), store, uploads, signers, access, now };
      await dialect.answer({ request, response, path, ...rest });
    } catch (error) {
      sendError(response, dialect.toError(error));
    }
  }

  const server = await startLoopbackServer(answer, options.port);
  function origin(): string {
    return server.origin;
  }
  return {
    port: server.port,
    origin: server.origin,
    async close() {
      await server.close();
      await uploads.close();
    },
  };
}

function decodePath(pathname: string): string[] {
  try {
    return pathname.slice(1).split("/").map(decodeURIComponent);
  } catch {
    throw new StorageError("invalid", "the path is not valid");
  }
}

function sendError(response: ServerResponse, error: ErrorAnswer): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(error.status, { "content-type": error.contentType });
  response.end(error.body);
}
