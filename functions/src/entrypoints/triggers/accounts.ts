import "../config/parameters.js";
import { onUserDeleted } from "firebase-functions/identity";
import { requestDeletion } from "../../engine/person/request-deletion.js";
import { runtime } from "../config/runtime.js";

/**
 * An account was deleted in the console, by the app or by ourselves: what is kept of the person follows.
 * Delivered again until it has been noted; the rest is the deletion's own. The library calls this event a
 * beta; the one of the first generation would bring all of it along, a third of a second more for every
 * cold start (firebase-functions 7.4.0, measured 2026-11-30).
 */
export const userDeleted = onUserDeleted({ retry: true }, async ({ data: user }) => {
  const { deps } = await runtime();
  if (typeof user?.uid === "string" && user.uid !== "") await requestDeletion(deps, user.uid, "account");
  else deps.log.error("person.unnamed", {});
});
