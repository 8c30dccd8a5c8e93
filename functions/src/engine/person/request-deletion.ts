import { type Deletion, type DeletionCause, newDeletion } from "../../domain/person/deletion.js";
import type { Deps } from "../deps.js";
import { taskName } from "../tasks.js";

/**
 * Has everything deleted that is kept of a person. From now on they cannot start anything. The same again
 * changes nothing: a deletion that is under way goes on.
 */
export async function requestDeletion(deps: Deps, uid: string, by: DeletionCause): Promise<Deletion> {
  const pseudonym = `deleted-${deps.newId()}`;
  const fresh = newDeletion({ uid, pseudonym, salt: deps.newId(), by }, deps.now());
  const deletion = await deps.persons.begin(fresh);
  // Not whose: the line outlives the person.
  deps.log.info("person.deletion_requested", { pseudonym: deletion.pseudonym, by: deletion.by });
  await enqueueDeletion(deps, deletion);
  return deletion;
}

/** Should the task be lost, the sweeper takes the step. */
export async function enqueueDeletion(
  deps: Deps,
  { uid, pseudonym, version, dueAt }: Deletion,
): Promise<void> {
  const name = taskName(`delete_user:${pseudonym}:${version}`);
  await deps.queue.enqueue(name, { type: "delete_user", uid }, dueAt);
}
