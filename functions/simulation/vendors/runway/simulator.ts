import { models } from "../../../src/providers/runway/models.js";
import { parseJson } from "../../../src/providers/shared/answer.js";
import {
  type GenerationFault,
  generationMs,
  type SimulatedRequest,
  type SimulatedResponse,
  type Simulator,
  type SimulatorWorld,
  type VendorSimulation,
} from "../shared/simulator.js";
import {
  bodies,
  type CreateEndpoint,
  createEndpoints,
  dailyCap,
  invalidBody,
  missingVersion,
  noCredits,
  noRoute,
  noTask,
  unauthorized,
  unknownVersion,
} from "./bodies.js";
import {
  describeTask,
  type Lane,
  type Outcome,
  type Product,
  productOf,
  removeFromLane,
  type SimulatedTask,
  settleLane,
} from "./generation.js";

/** Limits of the simulated account, the same for every model. */
export interface AccountLimits {
  readonly creditBalance: number;
  readonly maxConcurrentGenerations: number;
  /** Per model within 24 hours; `null` is no limit, as in the vendor's answers. */
  readonly maxDailyGenerations: number | null;
}

/** The upper end of the first usage tier (2026-09), with enough credits for any test. */
const firstTier: AccountLimits = {
  creditBalance: 10_000_000,
  maxConcurrentGenerations: 2,
  maxDailyGenerations: 200,
};

const dayMs = 24 * 3_600_000;
/** $0.01, by the vendor's price list of 2026-09. */
const usdMicrosPerCredit = 10_000;
/** Moderation refuses an input soon after the start; the length is our assumption. */
const moderationMs = 10_000;

export const runwaySimulation = createRunwaySimulation(firstTier);

export function createRunwaySimulation(limits: AccountLimits): VendorSimulation {
  return {
    vendor: "runway",
    create: (world, apiKey) => createSimulator(world, apiKey, limits),
    isStart: (request) => request.method === "POST" && createEndpoint(request.path) !== undefined,
  };
}

function createSimulator(world: SimulatorWorld, apiKey: string, limits: AccountLimits): Simulator {
  const starts: SimulatedTask[] = [];
  const tasks = new Map<string, SimulatedTask>();
  /** Deleted while they waited for a slot. */
  const givenBack = new Set<SimulatedTask>();
  const lanes = new Map<string, Lane>();
  let balance = limits.creditBalance;

  function handle(request: SimulatedRequest): SimulatedResponse {
    if (request.headers.authorization !== `Bearer ${apiKey}`) return unauthorized;
    const version = request.headers["x-runway-version"];
    if (version === undefined) return missingVersion;
    if (version !== "2024-11-06") return unknownVersion;
    for (const lane of lanes.values()) settleLane(lane, limits.maxConcurrentGenerations, world.now());
    const endpoint = createEndpoint(request.path);
    if (endpoint !== undefined && request.method === "POST") return createTask(endpoint, request.text);
    const taskId = /^\/v1\/tasks\/([^/]+)$/.exec(request.path)?.[1];
    if (taskId !== undefined && request.method === "GET") return readTask(taskId);
    if (taskId !== undefined && request.method === "DELETE") return deleteTask(taskId);
    if (request.path === "/v1/organization" && request.method === "GET") return readOrganization();
    return noRoute;
  }

  function createTask(endpoint: CreateEndpoint, text: string): SimulatedResponse {
    const parsed = bodies[endpoint].safeParse(parseJson(text));
    if (!parsed.success) return invalidBody(parsed.error.issues);
    const product = productOf(parsed.data);
    const { maxDailyGenerations } = limits;
    if (maxDailyGenerations !== null && usedToday(product.model) >= maxDailyGenerations) return dailyCap;
    if (product.credits > balance) return noCredits;
    const generationFault = world.generationFault();
    if (generationFault?.type === "no-credits") return noCredits;
    if (generationFault?.type === "rate-limit") return dailyCap;

    const task = newTask(product, generationFault);
    starts.push(task);
    tasks.set(task.id, task);
    const lane = lanes.get(product.model) ?? { active: [], waiting: [] };
    lanes.set(product.model, lane);
    lane.waiting.push(task);
    settleLane(lane, limits.maxConcurrentGenerations, task.createdAt);
    // Credits are taken at the start, except those that a failure will give back: a client cannot rely
    // on the balance of the time in between.
    balance -= product.credits - refundOf(task);
    const estimatedCost = { credits: product.credits };
    return {
      status: 200,
      body: endpoint === "avatar_videos" ? { id: task.id } : { id: task.id, estimatedCost },
    };
  }

  function newTask(product: Product, generationFault: GenerationFault | undefined): SimulatedTask {
    const id = uuid(world, starts.length);
    const typical = models.find((model) => model.name === product.model)?.typicalSeconds.p50 ?? 60;
    return {
      id,
      product,
      createdAt: world.now(),
      outcome: outcomeOf(id, product, generationFault),
      generationMs:
        generationFault?.type === "moderated" ? moderationMs : generationMs(typical, world, generationFault),
    };
  }

  function outcomeOf(id: string, product: Product, generationFault: GenerationFault | undefined): Outcome {
    if (generationFault?.type === "moderated") {
      return {
        type: "failed",
        failure: "Content was flagged",
        failureCode: "SAFETY.INPUT.TEXT",
        charged: true,
      };
    }
    if (generationFault?.type === "fail") {
      return {
        type: "failed",
        failure: "An unexpected error occurred.",
        failureCode: "INTERNAL.BAD_OUTPUT.CODE01",
        charged: false,
      };
    }
    const { credits: _, ...file } = product;
    const defect = generationFault?.type === "bad-output" ? { defect: generationFault.defect } : {};
    return { type: "succeeded", output: world.fileUrl({ vendor: "runway", id, ...file, ...defect }) };
  }

  function readTask(id: string): SimulatedResponse {
    const task = tasks.get(id);
    return task === undefined ? noTask : { status: 200, body: describeTask(task, world.now()) };
  }

  function deleteTask(id: string): SimulatedResponse {
    const task = tasks.get(id);
    const lane = task && lanes.get(task.product.model);
    if (task === undefined || lane === undefined) return noTask;
    // What a deletion refunds is not known. Here: everything before the task got a slot, then nothing.
    if (task.slotAt === undefined) {
      balance += task.product.credits - refundOf(task);
      givenBack.add(task);
    }
    removeFromLane(lane, task, world.now());
    tasks.delete(id);
    return { status: 204 };
  }

  function readOrganization(): SimulatedResponse {
    const { maxConcurrentGenerations, maxDailyGenerations } = limits;
    const perModel = models.map(({ name }) => [name, { maxConcurrentGenerations, maxDailyGenerations }]);
    const used = models.map(({ name }) => [name, { dailyGenerations: usedToday(name) }]);
    return {
      status: 200,
      body: {
        creditBalance: balance,
        tier: { maxMonthlyCreditSpend: 10_000, models: Object.fromEntries(perModel) },
        usage: { models: Object.fromEntries(used) },
      },
    };
  }

  function usedToday(model: string): number {
    const since = world.now() - dayMs;
    return starts.filter((task) => task.product.model === model && task.createdAt > since).length;
  }

  return {
    vendor: "runway",
    handle,
    paidStarts: () =>
      starts.map((task) => ({
        id: task.id,
        model: task.product.model,
        startedAt: task.createdAt,
        endsAt: task.endsAt ?? Number.POSITIVE_INFINITY,
      })),
    billedUsdMicros: () =>
      starts
        .filter((task) => !givenBack.has(task))
        .reduce((sum, task) => sum + (task.product.credits - refundOf(task)) * usdMicrosPerCredit, 0),
    takeWebhooks: () => [],
  };
}

function refundOf(task: SimulatedTask): number {
  return task.outcome.type === "failed" && !task.outcome.charged ? task.product.credits : 0;
}

function createEndpoint(path: string): CreateEndpoint | undefined {
  return createEndpoints.find((name) => path === `/v1/${name}`);
}

/** A version 4 UUID; the sequence keeps ids different when `random` always returns the same. */
function uuid(world: SimulatorWorld, sequence: number): string {
  const word = () => Math.floor(world.random() * 0x1_0000_0000);
  const hex = (value: number) => (value % 0x1_0000_0000).toString(16).padStart(8, "0");
  const [a, b, c, d] = [hex(word() + sequence), hex(word()), hex(word()), hex(word())];
  return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-a${c.slice(1, 4)}-${c.slice(4)}${d}`;
}
