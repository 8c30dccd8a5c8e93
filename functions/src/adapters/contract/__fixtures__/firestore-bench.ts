import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deleteApp, initializeApp } from "firebase-admin/app";
import { type Firestore, initializeFirestore } from "firebase-admin/firestore";
import { startFirestoreEmulator } from "../../../../simulation/cloud/firestore-emulator.js";

export interface FirestoreBench {
  readonly db: Firestore;
  /** Removes every document of the project. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

const closedRules = `rules_version = '2';
service cloud.firestore {
  match /databases/{database}/documents/{document=**} { allow read, write: if false; }
}
`;

/** The real emulator under rules that let no client in; or the reason why there is none. */
export async function openFirestoreBench(projectId: string): Promise<FirestoreBench | string> {
  const directory = await mkdtemp(join(tmpdir(), "reelay-rules-"));
  const rulesFile = join(directory, "firestore.rules");
  await writeFile(rulesFile, closedRules);
  const start = await startFirestoreEmulator({ rulesFile, projectId });
  if (start.status === "unavailable") {
    await rm(directory, { recursive: true });
    return start.reason;
  }
  const { host, port, stop } = start.emulator;
  const address = `${host}:${port}`;
  process.env.FIRESTORE_EMULATOR_HOST = address;
  // The client would look for a machine of Google's that could give it credentials.
  process.env.METADATA_SERVER_DETECTION = "none";
  const app = initializeApp({ projectId }, projectId);
  const db = initializeFirestore(app);
  db.settings({ ignoreUndefinedProperties: true });
  return {
    db,
    async clear() {
      const url = `http://${address}/emulator/v1/projects/${projectId}/databases/(default)/documents`;
      const { ok } = await fetch(url, { method: "DELETE" });
      if (!ok) throw new Error("the emulator was not cleared");
    },
    async close() {
      await db.terminate();
      await deleteApp(app);
      await stop();
      await rm(directory, { recursive: true });
      delete process.env.FIRESTORE_EMULATOR_HOST;
    },
  };
}
