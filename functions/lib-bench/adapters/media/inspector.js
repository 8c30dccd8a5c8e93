import { blockReader } from "./block-reader.js";
import { checkMp4 } from "./mp4-check.js";
/** Checks a stored file where it lies. Throws when it could not be read: that says nothing about it. */
export function createInspector(media) {
    return {
        async video(path) {
            const stored = await media.stat(path);
            if (stored === null)
                throw new Error(`there is no complete file at ${path}`);
            const reader = blockReader({
                size: stored.bytes,
                read: (offset, length) => media.read(path, offset, length),
            });
            const check = await checkMp4(reader);
            if (!check.ok)
                return check;
            const { width, height, durationSeconds, codec, hasAudio } = check.facts;
            return { ok: true, facts: { width, height, durationSeconds, codec, hasAudio } };
        },
    };
}
//# sourceMappingURL=inspector.js.map