import { walkBoxes } from "./box-walk.js";
import { FileReadError, readVideoFacts, withMediaInput } from "./media-input.js";
import { nalLengthBytes, nalUnitsTile } from "./nal-units.js";
/** Up to this size every packet is read; above it a sample, so that cost does not follow size. */
const readWhollyBytes = 8 * 1024 * 1024;
const sampledPackets = 32;
/**
 * Is this a whole, playable MP4? Parsers accept files that were cut or overwritten (mediabunny,
 * mp4box and mediainfo.js all did, tried 2026-11-21), so we check ourselves: boxes end where the
 * file ends, NAL units fill their packets, and there is a key frame to begin with. Damage inside
 * one NAL unit stays unseen: that would take a decoder.
 * Throws only when the file could not be read.
 */
export async function checkMp4(reader) {
    if (reader.size === 0)
        return { ok: false, defect: "empty", detail: "the file has no bytes" };
    const boxes = await walkBoxes(reader);
    if (!boxes.ok)
        return boxes;
    try {
        return await withMediaInput(reader, (input) => checkVideo(input, reader.size));
    }
    catch (error) {
        if (error instanceof FileReadError)
            throw error;
        const detail = error instanceof Error ? error.message : String(error);
        return { ok: false, defect: "corrupt", detail: detail.slice(0, 300) };
    }
}
async function checkVideo(input, fileSize) {
    const track = await input.getPrimaryVideoTrack();
    if (track === null)
        return { ok: false, defect: "no_video", detail: "there is no video track" };
    const { EncodedPacketSink } = await import("mediabunny");
    const sink = new EncodedPacketSink(track);
    if ((await sink.getFirstPacket({ metadataOnly: true })) === null) {
        return { ok: false, defect: "no_video", detail: "the video track has no frames" };
    }
    if ((await sink.getFirstKeyPacket({ metadataOnly: true })) === null) {
        return { ok: false, defect: "corrupt", detail: "there is no key frame" };
    }
    const packets = fileSize <= readWhollyBytes ? sink.packets() : samplePackets(track, sink);
    const problem = await packetProblem(track, packets);
    if (problem !== null)
        return { ok: false, defect: "corrupt", detail: problem };
    return { ok: true, facts: await readVideoFacts(input, track) };
}
/** First, last and evenly spread packets. */
async function* samplePackets(track, sink) {
    const start = await track.getFirstTimestamp();
    const length = (await track.computeDuration()) - start;
    for (let index = 0; index < sampledPackets; index += 1) {
        const packet = await sink.getPacket(start + (length * index) / (sampledPackets - 1));
        if (packet !== null)
            yield packet;
    }
}
/** What is wrong with the packets; codecs other than H.264 and H.265 are only counted. */
async function packetProblem(track, packets) {
    const config = await track.getDecoderConfig();
    const description = config?.description === undefined ? undefined : toBytes(config.description);
    const lengthBytes = nalLengthBytes(await track.getCodec(), description);
    let read = 0;
    let bad = 0;
    for await (const packet of packets) {
        read += 1;
        const isWhole = packet.data.length > 0 && packet.data.length === packet.byteLength;
        const isSound = isWhole && (lengthBytes === null || nalUnitsTile(packet.data, lengthBytes));
        if (!isSound)
            bad += 1;
    }
    if (read === 0)
        return "no frame could be read";
    return bad === 0 ? null : `${bad} of ${read} frames are damaged`;
}
function toBytes(source) {
    return ArrayBuffer.isView(source)
        ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
        : new Uint8Array(source);
}
//# sourceMappingURL=mp4-check.js.map