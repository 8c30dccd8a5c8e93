import type { Budget } from "../../domain/accounting/budget.js";
import type { Job } from "../../domain/job/job.js";
import { profileOf } from "../../domain/policy/policy.js";
import { compositeRecord, selectRequest } from "../../domain/selection/composite.js";
import type { Selection, Snapshot } from "../../domain/selection/selection.js";
import { budgetContext, readBudgets } from "../budgets.js";
import type { Deps } from "../deps.js";
import { admit, withCircuit } from "./admission.js";

/** A paid start goes by nothing older: the kill switch must hold within seconds. */
const startSnapshotMs = 3_000;

export interface Choice extends Selection {
  readonly snapshot: Snapshot;
  readonly budgets: readonly Budget[];
}

/**
 * The best candidate that lets us in: a half-open circuit admits one trial among all instances. Who
 * is refused there chooses again with that circuit as it is, so that the job waits for it if it must.
 */
export async function chooseModel(deps: Deps, job: Job, failed: readonly string[]): Promise<Choice> {
  let snapshot = await deps.snapshot(startSnapshotMs);
  const budgets = await readBudgets(deps, job.uid, snapshot.policy);
  for (;;) {
    const selection = selectRequest(deps, job.request, snapshot, {
      now: deps.now(),
      profile: profileOf(job.tier, snapshot.policy),
      deadlineAt: job.deadlineAt,
      failed,
      ...budgetContext(budgets),
      ...(job.composition === undefined ? {} : { kept: job.composition }),
    });
    const { winner, record } = selection;
    if (winner?.composite !== undefined) {
      const trivial = compositeRecord(record.question, winner, snapshot.policy);
      return { record: trivial, winner, snapshot, budgets };
    }
    const refusing = winner === null ? null : await admit(deps, snapshot, winner.model, job.id);
    if (refusing === null) return { ...selection, snapshot, budgets };
    snapshot = withCircuit(snapshot, refusing);
  }
}
