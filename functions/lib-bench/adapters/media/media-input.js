/** A read of the file failed: nothing is known about its content. */
export class FileReadError extends Error {
    constructor(cause) {
        super("the file could not be read", { cause });
        this.name = "FileReadError";
    }
}
/**
 * Opens a file with mediabunny for the time of one `use`. Errors of the reader leave as
 * `FileReadError`, so that a network fault is not taken for a bad file. Loaded lazily: only the
 * function that stores videos needs a parser.
 */
export async function withMediaInput(reader, use) {
    const { CustomSource, Input, MATROSKA, MP4, QTFF, WEBM } = await import("mediabunny");
    let readError;
    const fail = (error) => {
        readError ??= new FileReadError(error);
        throw readError;
    };
    const source = new CustomSource({
        getSize: () => reader.size,
        read: (start, end) => reader.read(start, end - start).catch(fail),
        // Reads nobody waits for any more (prefetch): the next one that counts reports the error.
        handleUnhandledError: () => undefined,
    });
    const input = new Input({ formats: [MP4, QTFF, WEBM, MATROSKA], source });
    try {
        const result = await use(input);
        if (readError !== undefined)
            throw readError;
        return result;
    }
    catch (error) {
        throw readError ?? error;
    }
    finally {
        input.dispose();
    }
}
/** Packets that are enough to tell the frame rate. */
const packetsForFps = 50;
export async function readVideoFacts(input, track) {
    const format = await input.getFormat();
    const codec = (await track.getCodecParameterString()) ?? String(await track.getInternalCodecId());
    const stats = await track.computePacketStats(packetsForFps);
    return {
        container: format.mimeType.split("/")[1] ?? format.mimeType,
        codec: codec.split(".")[0] ?? codec,
        width: await track.getDisplayWidth(),
        height: await track.getDisplayHeight(),
        durationSeconds: (await track.computeDuration()) - Math.max(0, await track.getFirstTimestamp()),
        hasAudio: (await input.getPrimaryAudioTrack()) !== null,
        fps: stats.averagePacketRate,
    };
}
//# sourceMappingURL=media-input.js.map