import type { Product } from "./product.js";

export interface SimulatedTask {
  readonly id: string;
  readonly product: Product;
  readonly createdAt: number;
  readonly outcome: Outcome;
  readonly generationMs: number;
  /** When it got one of the account's slots; absent while it is THROTTLED. */
  slotAt?: number;
  endsAt?: number;
}

export type Outcome =
  | { readonly type: "succeeded"; readonly output: string }
  | {
      readonly type: "failed";
      readonly failure: string;
      readonly failureCode: string;
      readonly charged: boolean;
    };

/** A task with a slot is PENDING for a moment before it runs; the length is ours. */
export const pendingMs = 1_500;

/** The tasks of one model: a number of slots, handed out in the order of arrival. */
export interface Lane {
  active: SimulatedTask[];
  waiting: SimulatedTask[];
}

/** Brings a lane up to the given time: who got a slot since, and at which moment. */
export function settleLane(lane: Lane, slots: number, now: number): void {
  for (let next = lane.waiting[0]; next !== undefined; next = lane.waiting[0]) {
    const slotAt = Math.max(next.createdAt, slotFreeAt(lane.active, slots));
    if (slotAt > now) break;
    next.slotAt = slotAt;
    next.endsAt = slotAt + pendingMs + next.generationMs;
    lane.active.push(next);
    lane.waiting.shift();
  }
  lane.active = lane.active.filter((task) => endOf(task) > now);
}

/** Takes a task out; its slot is free from now on. */
export function removeFromLane(lane: Lane, task: SimulatedTask, now: number): void {
  lane.waiting = lane.waiting.filter((other) => other !== task);
  if (lane.active.includes(task)) task.endsAt = now;
}

function slotFreeAt(active: readonly SimulatedTask[], slots: number): number {
  if (active.length < slots) return Number.NEGATIVE_INFINITY;
  const ends = active.map(endOf).sort((a, b) => a - b);
  return ends[active.length - slots] ?? Number.POSITIVE_INFINITY;
}

function endOf(task: SimulatedTask): number {
  return task.endsAt ?? Number.POSITIVE_INFINITY;
}

/** A task as `GET /v1/tasks/{id}` shows it. */
export function describeTask(task: SimulatedTask, now: number) {
  const head = { id: task.id, createdAt: new Date(task.createdAt).toISOString() };
  const estimatedCost = { credits: task.product.credits };
  if (task.slotAt === undefined) return { ...head, status: "THROTTLED", estimatedCost };
  if (now < task.slotAt + pendingMs) return { ...head, status: "PENDING", estimatedCost };
  if (now < endOf(task)) {
    return {
      ...head,
      status: "RUNNING",
      progress: progressOf(task, task.slotAt + pendingMs, now),
      estimatedCost,
    };
  }
  if (task.outcome.type === "succeeded") {
    return { ...head, status: "SUCCEEDED", output: [task.outcome.output], cost: estimatedCost };
  }
  const { failure, failureCode, charged } = task.outcome;
  return { ...head, status: "FAILED", failure, failureCode, cost: charged ? estimatedCost : { credits: 0 } };
}

/** A task that never ends still shows movement, as real ones do. */
function progressOf(task: SimulatedTask, runningSince: number, now: number): number {
  const lengthMs = Number.isFinite(task.generationMs) ? task.generationMs : 120_000;
  return Math.min(0.99, Math.round(((now - runningSince) / lengthMs) * 100) / 100);
}
