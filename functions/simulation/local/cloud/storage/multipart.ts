import { StorageError } from "./storage-error.js";

/** The two parts of a `multipart/related` upload: a JSON resource and the bytes. */
export interface MultipartUpload {
  readonly resource: unknown;
  readonly contentType: string | undefined;
  readonly bytes: AsyncIterable<Buffer>;
}

const maxHeadBytes = 1_048_576;
const headEnd = "\r\n\r\n";

/** Reads up to the bytes and hands those out as they arrive; no more than one chunk is held. */
export async function readMultipart(
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
