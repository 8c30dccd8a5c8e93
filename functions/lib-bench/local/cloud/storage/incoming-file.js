import { createHash, randomUUID } from "node:crypto";
import { open, rm } from "node:fs/promises";
import { join } from "node:path";
import { CRC32C } from "@google-cloud/storage";
export async function openIncomingFile(directory) {
    const path = join(directory, `${randomUUID()}.part`);
    const file = await open(path, "wx");
    const md5 = createHash("md5");
    const crc32c = new CRC32C();
    let size = 0;
    return {
        path,
        size: () => size,
        async write(chunk) {
            await file.writeFile(chunk);
            md5.update(chunk);
            crc32c.update(chunk);
            size += chunk.byteLength;
        },
        async finish() {
            await file.close();
            return { size, md5Hash: md5.digest("base64"), crc32c: crc32c.toString() };
        },
        async discard() {
            await file.close().catch(() => { });
            await rm(path, { force: true });
        },
    };
}
//# sourceMappingURL=incoming-file.js.map