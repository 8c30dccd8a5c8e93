import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { type ContentRange, readContentRange } from "./content-range.js";
import type { IncomingFile } from "./incoming-file.js";
import type { ObjectStore } from "./object-store.js";
import { checkPreconditions } from "./preconditions.js";
import { StorageError } from "./storage-error.js";
import type { StoredObject } from "./stored-object.js";
import { finishUpload, readHashHeader, type UploadTarget } from "./upload.js";

interface Session {
  readonly target: UploadTarget;
  readonly incoming: IncomingFile;
  stored: StoredObject | undefined;
  /** Ends when the request before has let go of the file. */
  turn: Promise<unknown>;
}

export type ChunkAnswer =
  | { readonly type: "stored"; readonly object: StoredObject }
  | { readonly type: "incomplete"; readonly received: number };

export type ResumableUploads = ReturnType<typeof createResumableUploads>;

/** Uploads in several requests. A session lives as long as the server. */
export function createResumableUploads(store: ObjectStore) {
  const sessions = new Map<string, Session>();

  function sessionOf(id: string): Session {
    const session = sessions.get(id);
    if (session === undefined) throw new StorageError("notFound", "no such upload; start a new one");
    return session;
  }

  async function receive(id: string, session: Session, request: IncomingMessage): Promise<ChunkAnswer> {
    const { incoming, target } = session;
    if (session.stored !== undefined) return { type: "stored", object: session.stored };
    const range = readContentRange(request.headers["content-range"]);
    if (range.type === "bytes") await append(incoming, range.start, request);
    if (!isComplete(range, incoming.size())) return { type: "incomplete", received: incoming.size() };
    const promised = readHashHeader(request.headers["x-goog-hash"]);
    session.stored = await finishUpload(store, target, incoming, promised).catch((error: unknown) => {
      sessions.delete(id);
      throw error;
    });
    return { type: "stored", object: session.stored };
  }

  return {
    async start(target: UploadTarget): Promise<string> {
      checkPreconditions(store.find(target.bucket, target.name), target.conditions);
      const id = randomUUID();
      const incoming = await store.openIncoming();
      sessions.set(id, { target, incoming, stored: undefined, turn: Promise.resolve() });
      return id;
    },

    /** One after the other: a repeated request may arrive while its first copy still writes. */
    put(id: string, request: IncomingMessage): Promise<ChunkAnswer> {
      const session = sessionOf(id);
      const answer = session.turn.then(() => receive(id, session, request));
      session.turn = answer.catch(() => {});
      return answer;
    },

    async cancel(id: string): Promise<void> {
      const session = sessionOf(id);
      sessions.delete(id);
      if (session.stored === undefined) await session.incoming.discard();
    },

    async close(): Promise<void> {
      const unfinished = [...sessions.values()].filter(({ stored }) => stored === undefined);
      sessions.clear();
      await Promise.all(unfinished.map(({ incoming }) => incoming.discard()));
    },
  };
}

/** Bytes that we have already are skipped; what arrived before a broken connection counts. */
async function append(incoming: IncomingFile, start: number, body: AsyncIterable<Buffer>): Promise<void> {
  if (start > incoming.size()) {
    throw new StorageError("invalid", `the upload goes on at byte ${incoming.size()}, not at ${start}`);
  }
  let surplus = incoming.size() - start;
  for await (const chunk of body) {
    const fresh = chunk.subarray(Math.min(surplus, chunk.byteLength));
    surplus -= chunk.byteLength - fresh.byteLength;
    if (fresh.byteLength > 0) await incoming.write(fresh);
  }
}

function isComplete(range: ContentRange, received: number): boolean {
  if (range.total !== undefined) return received === range.total;
  return range.type === "bytes" && range.open;
}
