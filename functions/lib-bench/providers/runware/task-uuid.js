import { sha256 } from "../../domain/hash.js";
/**
 * The vendor takes only UUIDs of version 4 and refuses one that it has seen. A UUID made from our
 * key is therefore the same for every repetition of a start, whichever instance sends it.
 */
export function toTaskUuid(idempotencyKey) {
    const bytes = Buffer.from(sha256(idempotencyKey).slice(0, 32), "hex");
    bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
    bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
    const hex = bytes.toString("hex");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
//# sourceMappingURL=task-uuid.js.map