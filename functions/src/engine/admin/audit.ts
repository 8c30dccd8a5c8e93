import type { Deps } from "../deps.js";
import type { AuditDetails } from "../ports/audit-log.js";

/**
 * Writes down what an administrator has changed. Afterwards, so that no line speaks of a change
 * that was refused; the log has it as well, should the line be lost.
 */
export async function audit(
  deps: Deps,
  actor: string,
  action: string,
  target: string,
  details: AuditDetails = {},
): Promise<void> {
  deps.log.info(`admin.${action}`, { actor, target });
  await deps.audit.write({ at: deps.now(), actor, action, target, details });
}
