import type { Firestore, WriteBatch } from "firebase-admin/firestore";
import { builtInPolicy, type PublishedPolicy } from "../../domain/policy/publication.js";
import { checkPublished } from "../shared/published-policy.js";
import { policiesIn, policyDocument } from "./paths.js";

/** `policies/{version}`, written by `addVersion` and by nothing else. */
export async function readVersion(db: Firestore, version: number): Promise<PublishedPolicy | null> {
  if (version === 0) return builtInPolicy;
  const read = await policyDocument(db, version).get();
  return read.data() ?? null;
}

export async function readVersions(db: Firestore, limit: number): Promise<PublishedPolicy[]> {
  const newestFirst = await policiesIn(db).orderBy("policy.version", "desc").limit(limit).get();
  return newestFirst.docs.map((read) => read.data());
}

/** Adds the document of a version unless it is there already, as a repetition finds it. */
export async function addVersion(db: Firestore, batch: WriteBatch, next: PublishedPolicy): Promise<void> {
  const there = await readVersion(db, next.policy.version);
  checkPublished(there, next);
  if (there === null) batch.create(policyDocument(db, next.policy.version), next);
}
