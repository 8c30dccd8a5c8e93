import { sendJson } from "../../kit/loopback-server.js";
import { type Exchange, notHere, readJson } from "./json-api.js";
import { readPreconditions, StorageError } from "./storage-error.js";
import { toResource } from "./stored-object.js";
import { storeBody, toUploadTarget } from "./uploads.js";

/** `/upload/storage/v1/b/BUCKET/o`: bytes in one request, with metadata, or in several. */
export async function answerUploadCall(exchange: Exchange): Promise<void> {
  const { request, response, path, query, store, origin, uploads } = exchange;
  const [, bucket = "", collection] = path;
  if (collection !== "o" || path.length !== 3) throw notHere(exchange);
  const id = query.get("upload_id");
  if (id !== null) return continueUpload(exchange, id);
  if (request.method !== "POST") throw notHere(exchange);
  const conditions = readPreconditions(query);
  const contentType = request.headers["content-type"];
  switch (query.get("uploadType")) {
    case "multipart": {
      const parts = await readMultipart(contentType, request);
      const rest = { contentType: parts.contentType, conditions };
      const target = toUploadTarget(bucket, query, parts.resource, rest);
      return sendJson(response, 200, toResource(await storeBody(store, target, parts.bytes), origin));
    }
    case "media": {
      const target = toUploadTarget(bucket, query, {}, { contentType, conditions });
      return sendJson(response, 200, toResource(await storeBody(store, target, request), origin));
    }
    case "resumable": {
      const type = request.headers["x-upload-content-type"];
      const rest = { contentType: typeof type === "string" ? type : undefined, conditions };
      const target = toUploadTarget(bucket, query, await readJson(exchange), rest);
      const session = await uploads.start(target);
      const location = `${origin}/upload/storage/v1/b/${bucket}/o?uploadType=resumable&upload_id=${session}`;
      response.writeHead(200, { location, "content-length": "0" }).end();
      return;
    }
    default:
      throw notHere(exchange);
  }
}

/** 308 is "Resume Incomplete" here; 499 is how Cloud Storage confirms a cancelled upload. */
async function continueUpload(exchange: Exchange, id: string): Promise<void> {
  const { request, response, uploads, origin } = exchange;
  if (request.method === "DELETE") {
    await uploads.cancel(id);
    response.writeHead(499, { "content-length": "0" }).end();
    return;
  }
  if (request.method !== "PUT") throw notHere(exchange);
  const answer = await uploads.put(id, request);
  if (answer.type === "stored") return sendJson(response, 200, toResource(answer.object, origin));
  const range = answer.received > 0 ? { range: `bytes=0-${answer.received - 1}` } : {};
  response.writeHead(308, "Resume Incomplete", { ...range, "content-length": "0" }).end();
}

/** The two parts of a `multipart/related` upload: a JSON resource and the bytes. */
interface MultipartUpload {
  readonly resource: unknown;
  readonly contentType: string | undefined;
  readonly bytes: AsyncIterable<Buffer>;
}

const maxHeadBytes = 1_048_576;
const headEnd = "\r\n\r\n";

/** Reads up to the bytes and hands those out as they arrive; no more than one chunk is held. */
async function readMultipart(
  contentType: string | undefined,
  body: AsyncIterable<Buffer>,
): Promise<MultipartUpload> {
  const boundary = /boundary="?([^";]+)"?/.exec(contentType ?? "")?.[1];
  if (boundary === undefined) throw new StorageError("invalid", "no multipart boundary");
  const chunks = body[Symbol.asyncIterator]();
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  // The first delimiter has no line break before it; with one in front, all look alike.
  let held = Buffer.from("\r\n");

  async function readUntil(mark: Buffer | string): Promise<Buffer> {
    for (;;) {
      const position = held.indexOf(mark);
      if (position !== -1) {
        const before = held.subarray(0, position);
        held = held.subarray(position + mark.length);
        return before;
      }
      if (held.byteLength > maxHeadBytes) throw new StorageError("invalid", "the metadata part is too long");
      const { done, value } = await chunks.next();
      if (done) throw new StorageError("invalid", "the multipart body ends early");
      held = Buffer.concat([held, value]);
    }
  }

  async function* mediaBytes(): AsyncGenerator<Buffer> {
    for (;;) {
      const position = held.indexOf(delimiter);
      if (position !== -1) {
        yield held.subarray(0, position);
        break;
      }
      // The end may hold the beginning of the delimiter.
      const safe = Math.max(0, held.byteLength - delimiter.byteLength);
      if (safe > 0) yield held.subarray(0, safe);
      const { done, value } = await chunks.next();
      if (done) throw new StorageError("invalid", "the multipart body ends early");
      held = Buffer.concat([held.subarray(safe), value]);
    }
    while (!(await chunks.next()).done);
  }

  await readUntil(delimiter);
  await readUntil(headEnd);
  const resource = parseResource(await readUntil(delimiter));
  const mediaHead = (await readUntil(headEnd)).toString("latin1");
  return {
    resource,
    contentType: /content-type:\s*([^\r\n]+)/i.exec(mediaHead)?.[1]?.trim(),
    bytes: mediaBytes(),
  };
}

function parseResource(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    throw new StorageError("invalid", "the metadata part is not JSON");
  }
}
