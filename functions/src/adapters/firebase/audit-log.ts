import type { Firestore } from "firebase-admin/firestore";
import type { AuditLog } from "../../engine/ports/audit-log.js";
import { auditIn } from "./paths.js";

/** `audit/{id}`: `create` under a random id, so that no line can replace another. */
export function firebaseAuditLog(db: Firestore): AuditLog {
  return {
    async write(line) {
      await auditIn(db).doc().create(line);
    },
  };
}
