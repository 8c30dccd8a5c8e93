export function bufferReader(bytes) {
    return {
        size: bytes.length,
        read: async (offset, length) => bytes.subarray(offset, offset + length),
    };
}
export async function fileReader(file) {
    const { size } = await file.stat();
    return {
        size,
        async read(offset, length) {
            const buffer = Buffer.alloc(length);
            const { bytesRead } = await file.read(buffer, 0, length, offset);
            if (bytesRead !== length)
                throw new Error("the file became shorter while it was read");
            return buffer;
        },
    };
}
//# sourceMappingURL=random-access.js.map