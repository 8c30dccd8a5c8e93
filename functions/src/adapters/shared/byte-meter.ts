import { createHash } from "node:crypto";
import { Transform } from "node:stream";
import { DownloadError } from "../../engine/ports.js";

/** Bytes on their way to a file: counted, hashed, and stopped when they become too many. */
export interface ByteMeter {
  readonly stream: Transform;
  /** Of everything that has passed; asked for once, at the end. */
  finish(): { bytes: number; sha256: string };
}

export function createByteMeter(maxBytes: number): ByteMeter {
  const hash = createHash("sha256");
  let bytes = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.byteLength;
      if (bytes > maxBytes) {
        done(new DownloadError("too_large", `the file has more than ${maxBytes} bytes`));
        return;
      }
      hash.update(chunk);
      done(null, chunk);
    },
  });
  return { stream, finish: () => ({ bytes, sha256: hash.digest("hex") }) };
}
