import { RequestError } from "../../../src/domain/errors.js";
import type { Policy } from "../../../src/domain/policy/policy.js";
import { submitJob } from "../../../src/engine/job/submit.js";
import { runTask } from "../../../src/engine/run-task.js";
import { createVirtualTime } from "../../kit/virtual-time.js";
import type { JobResult } from "./delivery.js";
import { createInstallation } from "./installation.js";
import { stationProvider } from "./station-provider.js";
import { startAt, stations, type World } from "./world.js";

interface OpenJob {
  readonly index: number;
  readonly arrival: number;
  /** Starts so far, by station. */
  readonly starts: number[];
  /** Tasks that wait or have run: a name counts once. */
  readonly names: Set<string>;
  paid: number;
}

/**
 * The engine itself on a clock that jumps: every verb, circuit, decision and transition is the
 * product's. A task runs when it is due. One process sees all of the health at once.
 */
export async function runEngine(world: World, policy: Policy, deadlineSeconds: number): Promise<JobResult[]> {
  const time = createVirtualTime(startAt);
  const open = new Map<string, OpenJob>();
  const results: JobResult[] = [];
  let submitting: OpenJob | undefined;
  let ids = 0;

  const { deps, database } = createInstallation({
    policy,
    now: time.now,
    newId: () => String(++ids),
    providers: stations.map((station, number) =>
      stationProvider(station, time.now, (jobId) => {
        const job = open.get(jobId);
        if (job === undefined) throw new Error(`a start for ${jobId}, which has ended`);
        const start = job.starts[number] ?? 0;
        job.starts[number] = start + 1;
        const fate = world.fate(job.index, number, start, time.now());
        if (fate.type === "stuck" || fate.type === "succeeded") job.paid += 1;
        return fate;
      }),
    ),
    queue: {
      async enqueue(name, task, dueAt) {
        const job = open.get(task.jobId) ?? submitting;
        if (job === undefined || job.names.has(name)) return;
        open.set(task.jobId, job);
        job.names.add(name);
        time.at(dueAt, () => {
          if (open.has(task.jobId)) void runTask(deps, task);
        });
      },
    },
    jobEnded(job) {
      const { index = 0, arrival = 0, paid = 0 } = open.get(job.id) ?? {};
      const seconds = job.status === "completed" ? ((job.endedAt ?? 0) - arrival) / 1_000 : null;
      results[index] = { seconds, paid };
      // Whatever a provider still makes is counted already, and nobody reads the documents again.
      time.at(time.now(), () => {
        open.delete(job.id);
        database.jobs.delete(job.id);
        database.accounts.delete(job.uid);
        database.ledgers.delete(job.uid);
      });
    },
  });

  async function submit(index: number, arrival: number): Promise<void> {
    submitting = { index, arrival, starts: stations.map(() => 0), names: new Set(), paid: 0 };
    try {
      const request = { kind: "text", prompt: "A paper boat on a river at dawn", deadlineSeconds };
      await submitJob(deps, { uid: `owner-${index}`, tier: "free" }, request);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      // Turned away because nobody can take it now: nothing was paid, and nothing delivered.
      results[index] = { seconds: null, paid: 0 };
    }
    submitting = undefined;
  }

  function awaitArrival(index: number): void {
    const arrival = world.arrivals[index];
    if (arrival === undefined) return;
    time.at(arrival, () => {
      void submit(index, arrival);
      awaitArrival(index + 1);
    });
  }

  awaitArrival(0);
  await time.run(Number.POSITIVE_INFINITY, () => false);
  return results;
}
