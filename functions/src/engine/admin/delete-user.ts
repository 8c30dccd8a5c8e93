import type { Deletion } from "../../domain/person/deletion.js";
import type { Deps } from "../deps.js";
import { foldersOf } from "../person/delete-user.js";
import { requestDeletion } from "../person/request-deletion.js";
import type { PersonRecords } from "../ports/person-store.js";
import { audit } from "./audit.js";

/** What a deletion would remove, or take the person out of. */
export interface PersonFootprint {
  readonly documents: PersonRecords;
  readonly files: number;
  readonly bytes: number;
}

const filesInPage = 1_000;

/** Counts what is kept of a person. Writes nothing. */
export async function describePerson(deps: Deps, uid: string): Promise<PersonFootprint> {
  let files = 0;
  let bytes = 0;
  for (const folder of foldersOf(uid)) {
    let after: string | null = null;
    do {
      const page: readonly { readonly path: string; readonly bytes: number }[] = await deps.media.list(
        folder,
        filesInPage,
        after,
      );
      files += page.length;
      for (const file of page) bytes += file.bytes;
      after = page.at(-1)?.path ?? null;
    } while (after !== null);
  }
  return { documents: await deps.persons.count(uid), files, bytes };
}

/** Has everything of a person deleted. The line of the audit log names nobody: it outlives the person. */
export async function deleteUserAsAdmin(deps: Deps, actor: string, uid: string): Promise<Deletion> {
  const deletion = await requestDeletion(deps, uid, "admin");
  const { pseudonym } = deletion;
  await audit(deps, actor === uid ? pseudonym : actor, "person.deletion_requested", pseudonym);
  return deletion;
}
