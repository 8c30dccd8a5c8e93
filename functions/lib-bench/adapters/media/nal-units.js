/**
 * How many bytes the length in front of every NAL unit has, from the decoder configuration record
 * (ISO/IEC 14496-15); `null` for codecs and files without such lengths.
 */
export function nalLengthBytes(codec, description) {
    if (description === undefined)
        return null;
    const place = codec === "avc" ? 4 : codec === "hevc" ? 21 : undefined;
    const byte = place === undefined ? undefined : description[place];
    return byte === undefined ? null : (byte & 0b11) + 1;
}
/** Do the NAL units of a packet fill it exactly, each with a possible header? */
export function nalUnitsTile(data, lengthBytes) {
    let offset = 0;
    while (offset < data.length) {
        const header = offset + lengthBytes;
        if (header >= data.length)
            return false;
        let length = 0;
        for (let index = offset; index < header; index += 1)
            length = length * 256 + (data[index] ?? 0);
        const forbiddenBit = (data[header] ?? 0) & 0x80;
        if (length === 0 || forbiddenBit !== 0)
            return false;
        offset = header + length;
    }
    return data.length > 0 && offset === data.length;
}
//# sourceMappingURL=nal-units.js.map