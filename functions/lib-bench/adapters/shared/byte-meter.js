import { createHash } from "node:crypto";
import { Transform } from "node:stream";
import { DownloadError } from "../../engine/ports.js";
export function createByteMeter(maxBytes) {
    const hash = createHash("sha256");
    let bytes = 0;
    const stream = new Transform({
        transform(chunk, _encoding, done) {
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
//# sourceMappingURL=byte-meter.js.map