/** The boxes between two offsets of a file that we made ourselves and that is therefore sound. */
export function boxesIn(bytes, start = 0, end = bytes.length) {
    const boxes = [];
    for (let offset = start; offset + 8 <= end;) {
        const shortSize = bytes.readUInt32BE(offset);
        const isLarge = shortSize === 1;
        const size = isLarge ? Number(bytes.readBigUInt64BE(offset + 8)) : shortSize;
        boxes.push({
            type: bytes.toString("latin1", offset + 4, offset + 8),
            start: offset,
            contentStart: offset + (isLarge ? 16 : 8),
            end: offset + size,
        });
        offset += size;
    }
    return boxes;
}
const containers = new Set(["moov", "trak", "mdia"]);
const timed = new Set(["mvhd", "tkhd", "mdhd"]);
/** Sets every creation and modification time to zero, so that equal clips are equal bytes. */
export function clearTimes(bytes, start = 0, end = bytes.length) {
    for (const box of boxesIn(bytes, start, end)) {
        if (containers.has(box.type))
            clearTimes(bytes, box.contentStart, box.end);
        if (!timed.has(box.type))
            continue;
        const version = bytes.readUInt8(box.contentStart);
        const timesStart = box.contentStart + 4;
        bytes.fill(0, timesStart, timesStart + (version === 1 ? 16 : 8));
    }
}
//# sourceMappingURL=boxes.js.map