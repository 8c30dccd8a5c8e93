/** A file could not be fetched. `expired` asks for a fresh URL, `refused` will never be allowed. */
export class DownloadError extends Error {
    reason;
    constructor(reason, message) {
        super(message);
        this.name = "DownloadError";
        this.reason = reason;
    }
}
//# sourceMappingURL=ports.js.map