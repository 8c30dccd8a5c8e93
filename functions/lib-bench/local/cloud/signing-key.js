import { generateKeyPair } from "node:crypto";
import { promisify } from "node:util";
/** A fresh key for every start: URLs that were signed before a restart stop working. */
export async function createSigningKey(projectId) {
    const { privateKey, publicKey } = await promisify(generateKeyPair)("rsa", {
        modulusLength: 2048,
        privateKeyEncoding: { type: "pkcs8", format: "pem" },
        publicKeyEncoding: { type: "spki", format: "pem" },
    });
    return { clientEmail: `local@${projectId}.iam.gserviceaccount.com`, privateKey, publicKey };
}
//# sourceMappingURL=signing-key.js.map