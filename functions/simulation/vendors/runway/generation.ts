import { spokenSeconds } from "../../../src/domain/request/request.js";
import type { CreateBody } from "./bodies.js";

/** What a body will make and what it costs, in the vendor's terms. */
export interface Product {
  readonly model: string;
  readonly medium: "video" | "image";
  readonly width: number;
  readonly height: number;
  readonly durationSeconds: number;
  readonly audio: boolean;
  readonly credits: number;
}

/** Credits per second, as the pricing page of 2026-09-26 has them. */
const perSecond = {
  "gen4.5": () => 12,
  gen4_turbo: () => 5,
  "veo3.1": (audio: boolean) => (audio ? 40 : 20),
  "veo3.1_fast": (audio: boolean) => (audio ? 15 : 10),
  seedance2: (_audio: boolean, pixels: number) => (pixels > 4_000_000 ? 150 : pixels > 1_500_000 ? 40 : 36),
} as const;

export function productOf(body: CreateBody): Product {
  if (body.model === "gwm1_avatars") return avatarProduct(body);
  const [width = 0, height = 0] = body.ratio.split(":").map(Number);
  if (body.model === "gen4_image" || body.model === "gen4_image_turbo") {
    // The price list speaks of 720p and 1080p images; the short side decides between them.
    const large = Math.min(width, height) > 720;
    const credits = body.model === "gen4_image_turbo" ? 2 : large ? 8 : 5;
    return { model: body.model, medium: "image", width, height, durationSeconds: 0, audio: false, credits };
  }
  const audio = "audio" in body && body.audio;
  // `auto` leaves the length to the vendor, which says nothing about its choice.
  const durationSeconds = body.duration === "auto" ? 5 : body.duration;
  const credits = Math.ceil(perSecond[body.model](audio, width * height) * durationSeconds);
  return { model: body.model, medium: "video", width, height, durationSeconds, audio, credits };
}

function avatarProduct(body: Extract<CreateBody, { model: "gwm1_avatars" }>): Product {
  // The length of a voice file is not known without opening it.
  const durationSeconds = body.speech.type === "text" ? spokenSeconds(body.speech.text) : 10;
  // Size and price as seen on the one clip on record (6.7 s, 2 credits, third party, 2026-09-25).
  const credits = Math.max(2, 2 * Math.round(durationSeconds / 6));
  return {
    model: body.model,
    medium: "video",
    width: 1088,
    height: 704,
    durationSeconds,
    audio: true,
    credits,
  };
}

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

/** A task with a slot is PENDING for a moment before it runs; how long is our assumption. */
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

/** A task that never ends still shows progress, as real ones do. */
function progressOf(task: SimulatedTask, runningSince: number, now: number): number {
  const lengthMs = Number.isFinite(task.generationMs) ? task.generationMs : 120_000;
  return Math.min(0.99, Math.round(((now - runningSince) / lengthMs) * 100) / 100);
}
