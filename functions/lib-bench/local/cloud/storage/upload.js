import { rm } from "node:fs/promises";
import { StorageError } from "./storage-error.js";
import { applyResource, objectResourceSchema, undescribed, } from "./stored-object.js";
export function toUploadTarget(bucket, query, json, rest) {
    const parsed = objectResourceSchema.safeParse(json);
    if (!parsed.success)
        throw new StorageError("invalid", `not an object resource: ${parsed.error.message}`);
    const resource = parsed.data;
    const name = query.get("name") ?? resource.name ?? "";
    const contentType = resource.contentType ?? rest.contentType ?? "application/octet-stream";
    return {
        bucket,
        name,
        conditions: rest.conditions,
        expected: { md5Hash: resource.md5Hash ?? undefined, crc32c: resource.crc32c ?? undefined },
        ...applyResource(undescribed, { ...resource, contentType }, query.get("predefinedAcl") ?? undefined),
    };
}
/** Takes in a whole body at once; nothing remains when it breaks off. */
export async function storeBody(store, target, body) {
    const incoming = await store.openIncoming();
    try {
        for await (const chunk of body)
            await incoming.write(chunk);
    }
    catch (error) {
        await incoming.discard();
        throw error;
    }
    return finishUpload(store, target, incoming);
}
export async function finishUpload(store, target, incoming, alsoExpected = {}) {
    const { bucket, name, fields, metadata, acl, conditions } = target;
    const bytes = await incoming.finish();
    try {
        for (const expected of [target.expected, alsoExpected]) {
            checkHash("MD5", expected.md5Hash, bytes.md5Hash);
            checkHash("CRC32C", expected.crc32c, bytes.crc32c);
        }
        return await store.commit(incoming.path, { bucket, name, fields, metadata, acl, ...bytes }, conditions);
    }
    catch (error) {
        await rm(incoming.path, { force: true });
        throw error;
    }
}
function checkHash(label, expected, actual) {
    if (expected === undefined || expected === actual)
        return;
    throw new StorageError("badDigest", `Provided ${label} hash "${expected}" doesn't match calculated "${actual}".`);
}
/** `X-Goog-Hash: crc32c=...,md5=...`; the values are base64 and may end in equals signs. */
export function readHashHeader(header) {
    const text = String(header ?? "");
    return {
        md5Hash: /md5=([^,\s]+)/.exec(text)?.[1],
        crc32c: /crc32c=([^,\s]+)/.exec(text)?.[1],
    };
}
//# sourceMappingURL=upload.js.map