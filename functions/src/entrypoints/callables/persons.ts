import { z } from "zod";
import { type Deletion, expectedEnd } from "../../domain/person/deletion.js";
import { deleteUserAsAdmin, describePerson } from "../../engine/admin/delete-user.js";
import { requestDeletion } from "../../engine/person/request-deletion.js";
import { adminCallable, callable } from "./callable.js";

/** Everything that is kept of the caller goes, and their account with it. Cannot be taken back. */
export const deleteMyData = callable({
  input: z.strictObject({ confirm: z.literal("delete everything") }),
  run: async (deps, { uid }) => toAnswer(await requestDeletion(deps, uid, "owner")),
});

/** The same for any user; at first only what there is. */
export const adminDeleteUser = adminCallable({
  input: z.strictObject({ uid: z.string().min(1).max(128), dryRun: z.boolean().default(true) }),
  run: async (deps, { uid: actor }, { uid, dryRun }) => {
    if (dryRun) return { dryRun, ...(await describePerson(deps, uid)) };
    return { dryRun, ...toAnswer(await deleteUserAsAdmin(deps, actor, uid)) };
  },
  options: { timeoutSeconds: 540 },
});

function toAnswer(deletion: Deletion) {
  const { requestedAt } = deletion;
  return { requestedAt, expectedEndAt: expectedEnd(deletion) };
}
