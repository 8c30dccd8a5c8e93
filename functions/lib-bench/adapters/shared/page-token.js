import { z } from "zod";
import { RequestError } from "../../domain/errors.js";
const position = z.tuple([z.number(), z.string().min(1)]);
export function toPageToken({ createdAt, jobId }) {
    return Buffer.from(JSON.stringify([createdAt, jobId])).toString("base64url");
}
export function fromPageToken(token) {
    try {
        const [createdAt, jobId] = position.parse(JSON.parse(Buffer.from(token, "base64url").toString()));
        return { createdAt, jobId };
    }
    catch {
        throw new RequestError("invalid_argument", "pageToken: pass the nextPageToken of an earlier page", {
            field: "pageToken",
        });
    }
}
/** A page from one item more than was asked for, which only tells that there is another page. */
export function toPage(jobs, limit) {
    const items = jobs.slice(0, limit);
    const last = items.at(-1);
    const more = jobs.length > limit && last !== undefined;
    return { items, nextPageToken: more ? toPageToken({ createdAt: last.createdAt, jobId: last.id }) : null };
}
//# sourceMappingURL=page-token.js.map