/** Types that a file of this family may begin with (ISO/IEC 14496-12, QuickTime). */
const firstTypes = new Set(["ftyp", "styp", "moov", "mdat", "free", "skip", "wide", "pnot"]);
/** Far above any real file; ends the walk through a file made to keep us busy. */
const maxBoxes = 100_000;
/**
 * Follows the top-level boxes by their sizes. They must end exactly where the file ends: the only
 * way to see that a download was cut, as players and parsers do not complain.
 */
export async function walkBoxes(reader) {
    const types = new Set();
    let offset = 0;
    for (let count = 0; offset < reader.size; count += 1) {
        if (count === maxBoxes)
            return { ok: false, defect: "not_mp4", detail: "too many boxes" };
        const header = await reader.read(offset, Math.min(16, reader.size - offset));
        const type = header.toString("latin1", 4, 8);
        if (offset === 0 && !firstTypes.has(type)) {
            return { ok: false, defect: "not_mp4", detail: "the file does not begin with an MP4 box" };
        }
        const boxSize = sizeOf(header, reader.size - offset);
        if (boxSize === null) {
            return { ok: false, defect: "truncated", detail: `no box at byte ${offset} of ${reader.size}` };
        }
        types.add(type);
        offset += boxSize;
    }
    if (offset > reader.size) {
        return { ok: false, defect: "truncated", detail: `${offset - reader.size} bytes are missing at the end` };
    }
    if (!types.has("moov"))
        return { ok: false, defect: "truncated", detail: "the index (moov) is missing" };
    return { ok: true, types };
}
/** Size of the box with this header; `null` when it cannot be one. */
function sizeOf(header, remaining) {
    if (header.length < 8)
        return null;
    const shortSize = header.readUInt32BE(0);
    // 0: the box reaches to the end of the file.
    if (shortSize === 0)
        return remaining;
    if (shortSize !== 1)
        return shortSize >= 8 ? shortSize : null;
    if (header.length < 16)
        return null;
    const largeSize = Number(header.readBigUInt64BE(8));
    return largeSize >= 16 ? largeSize : null;
}
//# sourceMappingURL=box-walk.js.map