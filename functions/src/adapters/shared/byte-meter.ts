import { createHash } from "node:crypto";
import { Transform } from "node:stream";
import { DownloadError } from "../../engine/ports/downloads.js";

/** Bytes on their way to a file: counted, hashed, and stopped when they become too many. */
export interface ByteMeter {
  readonly stream: Transform;
  /** Of everything that has passed; asked for once, at the end. */
  finish(): { bytes: number; sha256: string; md5: string };
}

export function createByteMeter(maxBytes: number): ByteMeter {
  const sha256 = createHash("sha256");
  /** What Cloud Storage tells of an object, in its spelling. */
  const md5 = createHash("md5");
  let bytes = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.byteLength;
      if (bytes > maxBytes) {
        done(new DownloadError("too_large", `the file has more than ${maxBytes} bytes`));
        return;
      }
      sha256.update(chunk);
      md5.update(chunk);
      done(null, chunk);
    },
  });
  return { stream, finish: () => ({ bytes, sha256: sha256.digest("hex"), md5: md5.digest("base64") }) };
}
