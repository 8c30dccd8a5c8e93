import { generateKeyPair } from "node:crypto";
import { promisify } from "node:util";

/** Credentials of the local cloud's own service account; they open nothing anywhere else. */
export interface SigningKey {
  readonly clientEmail: string;
  /** PEM, as `cert()` of firebase-admin takes it. */
  readonly privateKey: string;
  /** PEM, for the storage server to check signed URLs with. */
  readonly publicKey: string;
}

/** A fresh key for every start: URLs that were signed before a restart stop working. */
export async function createSigningKey(projectId: string): Promise<SigningKey> {
  const { privateKey, publicKey } = await promisify(generateKeyPair)("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  return { clientEmail: `local@${projectId}.iam.gserviceaccount.com`, privateKey, publicKey };
}
