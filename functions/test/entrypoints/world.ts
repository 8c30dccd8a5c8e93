import { Readable } from "node:stream";
import {
  type MemoryAuditLog,
  type MemoryLogger,
  type MemoryTaskQueue,
  memoryPorts,
} from "../../simulation/memory/memory-ports.js";
import { createWebhookAccess } from "../../src/adapters/shared/webhook-access.js";
import { plainPrices } from "../../src/domain/__fixtures__/policies.js";
import type { Task } from "../../src/domain/job/tasks.js";
import type { GenerationPlan, VideoProvider } from "../../src/domain/provider/provider.js";
import type { Deps } from "../../src/engine/deps.js";
import { buildCatalogue, vendors } from "../../src/providers/index.js";

export interface World {
  readonly deps: Deps;
  readonly audit: MemoryAuditLog;
  readonly log: MemoryLogger;
  readonly queue: MemoryTaskQueue;
  /** How often the provider was asked about a generation. */
  statusReads(): number;
  advance(ms: number): void;
  /** Runs due tasks with `run`, moving the clock from one to the next, until none is left. */
  runTasks(run: (task: Task) => Promise<unknown>): Promise<void>;
}

/** Everything in memory, with one provider that needs a minute for a video and then has it. */
export function openWorld(options: { welcomeCredits?: number } = {}): World {
  let now = Date.parse("2026-11-21T04:00:00Z");
  let reads = 0;
  let ids = 0;
  const plans: GenerationPlan[] = [];
  const clock = () => now;
  const { ports } = memoryPorts({
    now: clock,
    welcomeCredits: options.welcomeCredits ?? 100,
    policy: plainPrices,
  });
  const { queue, audit, log } = ports;

  const provider: VideoProvider = {
    id: "runway",
    models: [],
    pollFloorMs: 5_000,
    startGuard: "send_once",
    cancelRefund: "unknown",
    outputHosts: [],
    async start(plan) {
      plans.push(plan);
      return { status: "started", operation: { startedAt: now } };
    },
    async status(operation) {
      reads += 1;
      const isReady = now - Number(operation.startedAt) >= 60_000;
      return isReady
        ? { status: "succeeded", outputUrl: "https://files.example.test/video.mp4" }
        : { status: "pending" };
    },
    cancel: async () => ({ status: "confirmed" }),
    probe: async () => ({ status: "ok", balanceUsdMicros: 5_000_000 }),
  };

  const deps: Deps = {
    catalogue: buildCatalogue(vendors, new Set(["runway"])),
    providers: new Map([[provider.id, provider]]),
    ...ports,
    converter: null,
    inspector: {
      picture: async () => null,
      async video() {
        const plan = plans.at(-1);
        if (plan === undefined) throw new Error("nothing was generated");
        const { size, durationSeconds } = plan;
        return { ok: true, facts: { ...size, durationSeconds, codec: "avc1", hasAudio: plan.audio } };
      },
    },
    downloads: {
      open: async () => ({
        stream: Readable.from([Buffer.from("video")]),
        contentType: "video/mp4",
        bytes: 5,
      }),
    },
    webhooks: createWebhookAccess({
      baseUrl: "https://fn.example.test",
      secrets: [],
      signingSecrets: new Map(),
      outOfReach: new Set(),
    }),
    now: clock,
    newId: () => `id-${++ids}`,
  };

  return {
    deps,
    audit,
    log,
    queue,
    statusReads: () => reads,
    advance(ms) {
      now += ms;
    },
    async runTasks(run) {
      for (let dueAt = queue.nextDueAt(); dueAt !== null; dueAt = queue.nextDueAt()) {
        now = Math.max(now, dueAt);
        for (const task of queue.takeDue(now)) await run(task);
      }
    },
  };
}
