import { z } from "zod";
import type { Generation } from "./generation.js";
import { type Refusal, refusal, toRefusal } from "./limits.js";

const taskUUID = z.uuidv4();
const schemas = {
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
export interface AccountState {
  readonly balanceUsd: number;
  readonly startsToday: number;
  readonly media: Map<string, string>;
  generation(taskUuid: string): Generation | undefined;
  newUuid(): string;
}

/** Answers a task that bills nothing; `undefined` when it is no such task. */
export function answerSideTask(
  taskType: string,
  task: object,
  state: AccountState,
): { entry: Record<string, unknown> } | { refusal: Refusal } | undefined {
  const schema = Object.entries(schemas).find(([name]) => name === taskType)?.[1];
  if (schema === undefined) return undefined;
  const parsed = schema.safeParse(task);
  if (!parsed.success) return { refusal: toRefusal(parsed.error.issues[0], task) };
  const request = parsed.data;
  switch (request.taskType) {
    case "ping":
      return { entry: { taskType: "ping", pong: true } };
    case "accountManagement":
      return { entry: { ...request, ...account(state) } };
    case "mediaStorage":
      return request.operation === "upload" ? upload(request, state) : remove(request, state);
    case "getTaskDetails":
      return details(request, state);
  }
}

function account(state: AccountState) {
  return {
    organizationName: "Simulated",
    organizationUUID: "6e4c4d51-9f40-4f88-9c3d-3ebd8d6daf04",
    balance: { amount: state.balanceUsd, freeBalance: 0, currency: "USD" },
    usage: { today: { credits: 0, requests: state.startsToday } },
  };
}

type StorageTask = z.infer<typeof schemas.mediaStorage>;

function upload(request: StorageTask, state: AccountState) {
  const { media, ...echo } = request;
  const mediaUUID = state.newUuid();
  state.media.set(mediaUUID, media);
  return { entry: { ...echo, mediaUUID, mediaURL: `https://im.runware.ai/${mediaUUID}.png` } };
}

function remove(request: StorageTask, state: AccountState) {
  const { media, ...echo } = request;
  if (state.media.delete(media)) return { entry: { ...echo, mediaUUID: media } };
  return { refusal: refusal(404, "mediaNotFound", "Media not found.", { parameter: "media" }) };
}

function details(request: z.infer<typeof schemas.getTaskDetails>, state: AccountState) {
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
