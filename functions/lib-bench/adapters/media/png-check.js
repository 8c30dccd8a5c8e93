import { crc32 } from "node:zlib";
const signatureBytes = 8;
/** Length, type and checksum around the content of a chunk. */
const frameBytes = 12;
const partBytes = 1024 * 1024;
/** Follows the chunks from the header to the end mark and compares every checksum. */
export async function checkPng(reader) {
    const cut = { ok: false, defect: "truncated", detail: "the PNG ends too early" };
    let facts;
    for (let offset = signatureBytes; offset + frameBytes <= reader.size;) {
        const header = await reader.read(offset, 8);
        const length = header.readUInt32BE(0);
        const type = header.toString("latin1", 4, 8);
        if (!/^[A-Za-z]{4}$/.test(type)) {
            return { ok: false, defect: "corrupt", detail: `no PNG chunk at byte ${offset}` };
        }
        if (offset + frameBytes + length > reader.size)
            return cut;
        if (!(await checksumFits(reader, offset, length))) {
            return { ok: false, defect: "corrupt", detail: `the ${type} chunk is damaged` };
        }
        if (type === "IHDR" && length >= 8)
            facts = { format: "png", ...(await readSize(reader, offset + 8)) };
        if (type === "IEND") {
            if (facts === undefined)
                return { ok: false, defect: "corrupt", detail: "the PNG has no header" };
            return { ok: true, facts };
        }
        offset += frameBytes + length;
    }
    return cut;
}
async function readSize(reader, offset) {
    const size = await reader.read(offset, 8);
    return { width: size.readUInt32BE(0), height: size.readUInt32BE(4) };
}
/** The checksum covers type and content; read in parts, as a chunk can be the whole picture. */
async function checksumFits(reader, offset, length) {
    const end = offset + 8 + length;
    let sum = 0;
    for (let place = offset + 4; place < end; place += partBytes) {
        sum = crc32(await reader.read(place, Math.min(partBytes, end - place)), sum);
    }
    return (await reader.read(end, 4)).readUInt32BE(0) === sum;
}
//# sourceMappingURL=png-check.js.map