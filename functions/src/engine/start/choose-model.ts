import type { Budget } from "../../domain/accounting/budget.js";
import { type Circuit, circuitView, closedCircuit, takeTrial } from "../../domain/health/circuit.js";
import type { Job } from "../../domain/job/job.js";
import { profileOf } from "../../domain/policy/policy.js";
import type { ProviderModel } from "../../domain/provider/model.js";
import { selectRequest } from "../../domain/selection/composite.js";
import type { Selection, Snapshot } from "../../domain/selection/selection.js";
import { budgetContext, readBudgetsOf } from "../budgets.js";
import type { Deps } from "../deps.js";

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
  const budgets = await readBudgetsOf(deps, job, snapshot.policy);
  for (;;) {
    const selection = selectRequest(deps, job.request, snapshot, {
      now: deps.now(),
      profile: profileOf(job.tier, snapshot.policy),
      deadlineAt: job.deadlineAt,
      failed,
      ...budgetContext(budgets),
      ...(job.composition === undefined ? {} : { kept: job.composition }),
      ...(job.price === undefined ? {} : { price: job.price }),
    });
    const { winner, composition } = selection;
    // Parts choose for themselves, and each is let in by itself.
    const refusing =
      winner === null || composition !== undefined ? null : await admit(deps, snapshot, winner.model, job.id);
    if (refusing === null) return { ...selection, snapshot, budgets };
    snapshot = withCircuit(snapshot, refusing);
  }
}

/** A circuit that did not give its trial, as it was found then. */
interface RefusingCircuit {
  readonly key: string;
  readonly circuit: Circuit;
}

/**
 * May this job start at this model? Free for a closed circuit; a half-open one must give its trial.
 * Returns `null` when it may, otherwise the circuit that is newer than the snapshot and refuses.
 */
async function admit(
  deps: Deps,
  snapshot: Snapshot,
  model: ProviderModel,
  jobId: string,
): Promise<RefusingCircuit | null> {
  for (const key of [model.provider, model.id]) {
    let found = snapshot.health.circuits[key] ?? closedCircuit;
    if (circuitView(found, deps.now()) !== "half_open") continue;
    const taken = await deps.health.changeCircuit(key, (circuit) => {
      found = circuit;
      // Somebody else's trial may have closed it since the snapshot was read.
      return circuit.state === "closed"
        ? circuit
        : takeTrial(circuit, jobId, deps.now(), snapshot.policy.breaker);
    });
    if (taken === null) return { key, circuit: found };
  }
  return null;
}

/** The snapshot with what was just learned about one circuit. */
function withCircuit(snapshot: Snapshot, { key, circuit }: RefusingCircuit): Snapshot {
  const { health } = snapshot;
  return { ...snapshot, health: { ...health, circuits: { ...health.circuits, [key]: circuit } } };
}
