import { z } from "zod";
import { sha256 } from "../../../src/domain/hash.js";
import { toTaskUuid } from "../../../src/providers/runware/mapping.js";
import { parseJson } from "../../../src/providers/shared/answer.js";
import type {
  PaidStart,
  SimulatedRequest,
  SimulatedResponse,
  SimulatedWebhook,
  Simulator,
  SimulatorWorld,
  VendorSimulation,
} from "../shared/simulator.js";
import {
  checkLimits,
  modelByName,
  type Refusal,
  refusal,
  schemaFor,
  taskShapeSchema,
  toRefusal,
} from "./bodies.js";
import { beginGeneration, type Generation, reportOf } from "./generation.js";

const taskSchema = z.looseObject({
  taskType: z.string(),
  taskUUID: z.string().optional(),
  model: z.string().optional(),
  apiKey: z.string().optional(),
});
type AnyTask = z.infer<typeof taskSchema>;
const tasksSchema = z.array(taskSchema).min(1);

const getResponseSchema = z.strictObject({ taskType: z.literal("getResponse"), taskUUID: z.uuidv4() });

export const runwareSimulation: VendorSimulation = {
  vendor: "runware",
  create: createSimulator,
  isStart: (request) => request.method === "POST" && readTasks(request)?.some(isInference) === true,
};

function isInference(task: AnyTask): boolean {
  return task.taskType === "videoInference" || task.taskType === "imageInference";
}

function readTasks(request: SimulatedRequest): readonly AnyTask[] | undefined {
  const parsed = tasksSchema.safeParse(parseJson(request.text));
  return parsed.success ? parsed.data : undefined;
}

/** It is about the whole request, so it names no task; websocket clients know it by its task type. */
const wrongKey = refusal(401, "invalidApiKey", "Invalid API key.", {
  parameter: "apiKey",
  taskType: "authentication",
});

/** One task's part of the answer; `status` is what a request of this task alone would get. */
interface Entry {
  readonly list: "data" | "errors";
  readonly entry: unknown;
  readonly status?: number;
}

function createSimulator(world: SimulatorWorld, apiKey: string): Simulator {
  const generations = new Map<string, Generation>();
  const paid: PaidStart[] = [];
  const media = new Map<string, string>();
  let webhooksDue: Generation[] = [];
  let uuids = 0;

  // The counter keeps ids different when `random` always returns the same.
  function newUuid(): string {
    uuids += 1;
    return toTaskUuid(sha256(`${world.random()}:${uuids}`));
  }

  function handle(request: SimulatedRequest): SimulatedResponse {
    if (request.path !== "/v1" || request.method !== "POST") return { status: 404 };
    const tasks = readTasks(request);
    if (tasks === undefined) {
      return {
        status: 400,
        body: { errors: [refusal(400, "invalidRequest", "Send an array of tasks.").error] },
      };
    }
    if (!isAuthorized(request, tasks, apiKey)) return { status: 401, body: { errors: [wrongKey.error] } };
    const entries = tasks.flatMap((task) => answerTask(task) ?? []);
    const data = entries.filter((entry) => entry.list === "data").map((entry) => entry.entry);
    const errors = entries.filter((entry) => entry.list === "errors").map((entry) => entry.entry);
    // Each task is accepted or refused by itself; the status is an error only when all were refused.
    const status =
      data.length === 0 ? (entries.find((entry) => entry.status !== undefined)?.status ?? 200) : 200;
    if (errors.length === 0) return { status, body: { data } };
    return { status, body: data.length === 0 ? { errors } : { data, errors } };
  }

  function answerTask(task: AnyTask): Entry | undefined {
    if (task.taskType === "authentication") return undefined;
    if (isInference(task)) return start(task);
    if (task.taskType === "getResponse") return poll(task);
    const free = answerFreeTask(task.taskType, task, {
      balanceUsd: 118.42,
      startsToday: paid.length,
      media,
      generation: (taskUuid) => generations.get(taskUuid),
      newUuid,
    });
    if (free === undefined) return refuse(task, refusal(400, "unsupportedTaskType", "Unknown task type."));
    return "refusal" in free ? refuse(task, free.refusal) : { list: "data", entry: free.entry };
  }

  function start(task: AnyTask): Entry {
    const problem = checkStart(task, generations, world.now());
    if (problem !== undefined) return refuse(task, problem);
    const generationFault = world.generationFault();
    if (generationFault?.type === "no-credits") {
      return refuse(task, refusal(402, "insufficientCredits", "Insufficient credits."));
    }
    if (generationFault?.type === "rate-limit") {
      return refuse(task, refusal(429, "inferenceRateLimitExceeded", "Too many requests."));
    }
    const generation = beginGeneration(task, world, generationFault, newUuid);
    generations.set(generation.taskUUID, generation);
    paid.push({
      id: generation.taskUUID,
      model: task.model ?? "",
      startedAt: generation.startedAt,
      endsAt: generation.endsAt,
    });
    if (generation.webhookURL !== undefined) webhooksDue.push(generation);
    if (generation.endsAt === generation.startedAt) return generation.outcome;
    return { list: "data", entry: { taskType: generation.taskType, taskUUID: generation.taskUUID } };
  }

  function poll(task: AnyTask): Entry | undefined {
    const parsed = getResponseSchema.safeParse(task);
    if (!parsed.success) return refuse(task, toRefusal(parsed.error.issues[0], task));
    const generation = generations.get(parsed.data.taskUUID);
    // A task that nobody ever started looks like one that waits.
    return generation === undefined ? undefined : reportOf(generation, world.now());
  }

  return {
    vendor: "runware",
    handle,
    paidStarts: () => paid,
    billedUsdMicros: () => [...generations.values()].reduce((sum, { usdMicros }) => sum + usdMicros, 0),
    takeWebhooks() {
      const due = webhooksDue.filter((generation) => generation.endsAt <= world.now());
      webhooksDue = webhooksDue.filter((generation) => !due.includes(generation));
      return due.flatMap(toWebhook);
    },
  };
}

function checkStart(task: AnyTask, known: ReadonlyMap<string, Generation>, now: number): Refusal | undefined {
  if (task.taskUUID !== undefined && known.has(task.taskUUID)) {
    return refusal(400, "conflictTaskUUID", "A task with this taskUUID already exists.", {
      parameter: "taskUUID",
    });
  }
  const model = modelByName(task.model ?? "");
  const schema = schemaFor(task.model ?? "", task);
  if (model === undefined || schema === undefined) {
    return refusal(400, "invalidModel", "This model does not serve this request.", { parameter: "model" });
  }
  const parsed = schema.safeParse(task);
  if (!parsed.success) return toRefusal(parsed.error.issues[0], task);
  return checkLimits(model, taskShapeSchema.parse(task), now);
}

function refuse(task: AnyTask, problem: Refusal): Entry {
  const { taskType, taskUUID } = task;
  const entry = { ...problem.error, taskType, ...(taskUUID === undefined ? {} : { taskUUID }) };
  return { list: "errors", entry, status: problem.status };
}

/** Bearer header, or a first task that carries the key. */
function isAuthorized(request: SimulatedRequest, tasks: readonly AnyTask[], apiKey: string): boolean {
  if (request.headers.authorization === `Bearer ${apiKey}`) return true;
  return tasks[0]?.taskType === "authentication" && tasks[0].apiKey === apiKey;
}

/** Results come flat, errors in an envelope: the vendor's pages show both shapes. */
function toWebhook({ webhookURL, outcome }: Generation): readonly SimulatedWebhook[] {
  if (webhookURL === undefined) return [];
  const body = outcome.list === "data" ? outcome.entry : { errors: [outcome.entry] };
  return [{ url: webhookURL, headers: { "content-type": "application/json" }, body: JSON.stringify(body) }];
}

const taskUUID = z.uuidv4();
/** Tasks that bill nothing. */
const freeTaskSchemas = {
  ping: z.strictObject({ taskType: z.literal("ping"), ping: z.literal(true), taskUUID: taskUUID.optional() }),
  accountManagement: z.strictObject({
    taskType: z.literal("accountManagement"),
    taskUUID,
    operation: z.literal("getDetails"),
  }),
  mediaStorage: z.strictObject({
    taskType: z.literal("mediaStorage"),
    taskUUID,
    operation: z.enum(["upload", "delete"]),
    media: z.string().min(1),
  }),
  getTaskDetails: z.strictObject({ taskType: z.literal("getTaskDetails"), taskUUID }),
};

/** What the free tasks can see and change. */
interface AccountState {
  readonly balanceUsd: number;
  readonly startsToday: number;
  readonly media: Map<string, string>;
  generation(taskUuid: string): Generation | undefined;
  newUuid(): string;
}

/** Answers a free task; `undefined` when the task is none of them. */
function answerFreeTask(
  taskType: string,
  task: object,
  state: AccountState,
): { entry: Record<string, unknown> } | { refusal: Refusal } | undefined {
  const schema = Object.entries(freeTaskSchemas).find(([name]) => name === taskType)?.[1];
  if (schema === undefined) return undefined;
  const parsed = schema.safeParse(task);
  if (!parsed.success) return { refusal: toRefusal(parsed.error.issues[0], task) };
  const request = parsed.data;
  switch (request.taskType) {
    case "ping":
      return { entry: { taskType: "ping", pong: true } };
    case "accountManagement":
      return { entry: { ...request, ...describeAccount(state) } };
    case "mediaStorage":
      return request.operation === "upload" ? storeMedia(request, state) : removeMedia(request, state);
    case "getTaskDetails":
      return describeTask(request, state);
  }
}

function describeAccount(state: AccountState) {
  return {
    organizationName: "Simulated",
    organizationUUID: "6e4c4d51-9f40-4f88-9c3d-3ebd8d6daf04",
    balance: { amount: state.balanceUsd, freeBalance: 0, currency: "USD" },
    usage: { today: { credits: 0, requests: state.startsToday } },
  };
}

type StorageTask = z.infer<typeof freeTaskSchemas.mediaStorage>;

function storeMedia(request: StorageTask, state: AccountState) {
  const { media, ...echo } = request;
  const mediaUUID = state.newUuid();
  state.media.set(mediaUUID, media);
  return { entry: { ...echo, mediaUUID, mediaURL: `https://im.runware.ai/${mediaUUID}.png` } };
}

function removeMedia(request: StorageTask, state: AccountState) {
  const { media, ...echo } = request;
  if (state.media.delete(media)) return { entry: { ...echo, mediaUUID: media } };
  return { refusal: refusal(404, "mediaNotFound", "Media not found.", { parameter: "media" }) };
}

function describeTask(request: z.infer<typeof freeTaskSchemas.getTaskDetails>, state: AccountState) {
  const generation = state.generation(request.taskUUID);
  if (generation === undefined) {
    return { refusal: refusal(404, "taskNotFound", "Task not found.", { parameter: "taskUUID" }) };
  }
  const response =
    generation.outcome.list === "data"
      ? { data: [generation.outcome.entry], error: null }
      : { data: [], error: generation.outcome.entry };
  return { entry: { ...request, request: [generation.request], response: [response] } };
}
