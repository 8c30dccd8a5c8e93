import { Readable } from "node:stream";
import { RequestError } from "../../../src/domain/errors.js";
import type { Job } from "../../../src/domain/job/job.js";
import type { Policy } from "../../../src/domain/policy/policy.js";
import type { ProviderModel } from "../../../src/domain/provider/model.js";
import type { OperationStatus, VideoProvider } from "../../../src/domain/provider/provider.js";
import { size } from "../../../src/domain/provider/resolution.js";
import type { Deps } from "../../../src/engine/deps.js";
import { submitJob } from "../../../src/engine/job/submit.js";
import type { Inspector } from "../../../src/engine/ports/inspector.js";
import type { MediaStore } from "../../../src/engine/ports/media-store.js";
import type { TaskQueue } from "../../../src/engine/ports/task-queue.js";
import { runTask } from "../../../src/engine/run-task.js";
import { silentLogger } from "../../kit/silent-logger.js";
import { createVirtualTime } from "../../kit/virtual-time.js";
import type { MemoryDatabase } from "../../memory/memory-database.js";
import { memoryPorts, noWebhooks } from "../../memory/memory-ports.js";
import type { JobResult } from "./plain-policies.js";
import {
  type StartOutcome,
  type SyntheticProvider,
  startAt,
  syntheticProviders,
  type World,
} from "./world.js";

interface OpenJob {
  readonly index: number;
  readonly arrival: number;
  /** Starts so far, by provider. */
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
    providers: syntheticProviders.map((provider, number) =>
      videoProviderOf(provider, time.now, (jobId) => {
        const job = open.get(jobId);
        if (job === undefined) throw new Error(`a start for ${jobId}, which has ended`);
        const start = job.starts[number] ?? 0;
        job.starts[number] = start + 1;
        const outcome = world.outcome(job.index, number, start, time.now());
        if (outcome.type === "stuck" || outcome.type === "succeeded") job.paid += 1;
        return outcome;
      }),
    ),
    queue: {
      async enqueue(name, task, dueAt) {
        if (task.type === "delete_user") return;
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
    submitting = { index, arrival, starts: syntheticProviders.map(() => 0), names: new Set(), paid: 0 };
    try {
      const request = { kind: "text", prompt: "A paper boat on a river at dawn", deadlineSeconds };
      await submitJob(deps, { uid: `owner-${index}`, tier: "free" }, request);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      // Refused because no provider is available: nothing was paid or delivered.
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

/** An installation in memory with three providers, without files; the bench is told of every end. */
function createInstallation(options: {
  readonly policy: Policy;
  readonly queue: TaskQueue;
  readonly providers: readonly VideoProvider[];
  readonly now: () => number;
  readonly newId: () => string;
  readonly jobEnded: (job: Job) => void;
}): { readonly deps: Deps; readonly database: MemoryDatabase } {
  const { policy, queue, providers, now, newId, jobEnded } = options;
  const { database, ports } = memoryPorts({ now, welcomeCredits: 1_000, policy });
  const entries = syntheticProviders.map((provider, index) => ({
    model: modelOf(provider),
    configured: true,
    priority: index + 1,
    affinities: {},
  }));
  const deps: Deps = {
    catalogue: { entries, providers: syntheticProviders.map(({ id }) => id) },
    providers: new Map(providers.map((provider) => [provider.id, provider])),
    ...ports,
    queue,
    media: noFiles,
    inspector: soundFiles,
    downloads: {
      open: async () => ({ stream: Readable.from([]), contentType: "video/mp4", bytes: 0 }),
    },
    converter: null,
    notifier: { jobEnded: async (job) => jobEnded(job) },
    webhooks: noWebhooks,
    log: silentLogger,
    now,
    newId,
  };
  return { deps, database };
}

/** Says that everything was written. */
const noFiles: MediaStore = {
  write: async (path, _source, { contentType, metadata }) => ({
    path,
    bytes: 0,
    sha256: "",
    contentType,
    metadata,
  }),
  stat: async () => null,
  read: async () => Buffer.alloc(0),
  signedUrl: async (path) => path,
  publicUrl: async (path) => path,
  list: async () => [],
  delete: async () => undefined,
};

const soundFiles: Inspector = {
  picture: async () => null,
  video: async () => ({
    ok: true,
    facts: { width: 1280, height: 720, durationSeconds: 5, codec: "avc1", hasAudio: false },
  }),
};

/** One price everywhere, so that the money spent counts generations. */
const price = { unit: "output", rates: [{ usdMicros: 500_000 }] } as const;

function modelOf({ id, typicalSeconds }: SyntheticProvider): ProviderModel {
  return {
    id: `${id}:clip`,
    provider: id,
    name: "clip",
    label: `Clip of ${id}`,
    medium: "video",
    modes: {
      text: {
        sizes: [size("16:9", "720p", 1280, 720)],
        durations: { type: "discrete", seconds: [5] },
        audio: "none",
        textLimit: { max: 1_000, unit: "utf16" },
      },
    },
    quality: "standard",
    price,
    typicalSeconds,
    source: "synthetic",
    readOn: "2026-11-01",
  };
}

/**
 * A provider as the engine sees any vendor: starts by key, is polled, has neither webhooks nor a way
 * to stop a generation. Refusals are plain: the ambiguous start is another measurement's subject.
 */
function videoProviderOf(
  provider: SyntheticProvider,
  now: () => number,
  begin: (jobId: string) => StartOutcome,
): VideoProvider {
  return {
    id: provider.id,
    models: [modelOf(provider)],
    pollFloorMs: 5_000,
    startGuard: "idempotent",
    cancelRefund: "none",
    outputHosts: ["files.example.test"],
    async start(_plan, { idempotencyKey }) {
      const outcome = begin(idempotencyKey.slice(0, idempotencyKey.lastIndexOf(":")));
      if (outcome.type === "refused") {
        return { status: "refused", failure: { code: "server_error", statusCode: 503 } };
      }
      const endsAt = outcome.type === "stuck" ? null : now() + outcome.seconds * 1_000;
      return { status: "started", operation: { endsAt, fails: outcome.type === "failed" } };
    },
    async status({ endsAt, fails }): Promise<OperationStatus> {
      if (typeof endsAt !== "number" || now() < endsAt) return { status: "pending" };
      if (fails === true) return { status: "failed", failure: { code: "processing_failed" } };
      return { status: "succeeded", outputUrl: "https://files.example.test/clip.mp4" };
    },
    probe: async () => ({ status: "ok" }),
  };
}
