import type { Chance } from "../bench/chance.js";
import { RequestError } from "../domain/errors.js";
import type { Caller } from "../domain/job/new-job.js";
import { cancelJob } from "../engine/job/cancel-job.js";
import { submitJob } from "../engine/job/submit-job.js";
import { createRefreshGate, refreshJob } from "../engine/poll/refresh-job.js";
import { vendorIds } from "./world/vendors.js";
import type { ChaosWorld } from "./world/world.js";

/** The people of one world: they ask for videos, click twice, lose patience and buy credits. */
export interface Users {
  /** Will nobody ask for anything more? */
  areDone(): boolean;
}

const owners: readonly [Caller, ...Caller[]] = [
  { uid: "ada", tier: "free" },
  { uid: "bob", tier: "premium" },
  { uid: "cem", tier: "free" },
  { uid: "dot", tier: "enterprise" },
];
const callLimits = { timeoutMs: 300_000 };
/** Wishes that are refused, for want of credits or of a provider, are replaced by others so often. */
const wishesPerJob = 5;
const slowGapMs = 20_000;

interface Wish {
  readonly caller: Caller;
  readonly request: Record<string, unknown>;
}

export function inviteUsers(world: ChaosWorld, jobs: number): Users {
  const { chance, time, swarm, chronicle } = world;
  let wishes = 0;
  let busy = 0;
  let topUps = 0;
  const happens = (rate: number) => chance.happens(rate);
  const created = () => world.witness.sightings.size;

  function arrive(): void {
    if (created() >= jobs || wishes >= jobs * wishesPerJob) return;
    wishes += 1;
    const wish = { caller: chance.pick(owners), request: drawRequest(chance, `wish-${wishes}`) };
    const clicks = happens(swarm.rates.doubleClick) ? 2 : 1;
    for (let click = 0; click < clicks; click += 1) void submit(wish, 3);
    const gapMs = wishes < jobs ? swarm.arrivalMs / jobs : slowGapMs;
    time.at(time.now() + chance.exponential(gapMs), arrive);
  }

  async function submit(wish: Wish, triesLeft: number): Promise<void> {
    busy += 1;
    let jobId: string | null = null;
    const ending = await world.processes.run("submit", callLimits, async (deps) => {
      try {
        jobId = (await submitJob(deps, wish.caller, wish.request)).job.id;
      } catch (error) {
        if (!(error instanceof RequestError)) throw error;
        chronicle.note(`refused ${error.code}`);
        if (error.code === "insufficient_credits") topUp(wish.caller.uid);
      }
    });
    busy -= 1;
    if (ending !== "done" && triesLeft > 1) {
      // The answer was lost: the same again, as a client would.
      later(1_000, 20_000, () => submit(wish, triesLeft - 1));
    }
    if (jobId !== null) followUp(jobId);
  }

  function followUp(jobId: string): void {
    if (happens(swarm.rates.cancel)) later(0, 600_000, () => cancel(jobId, 3));
    if (happens(swarm.rates.refresh)) later(0, 900_000, () => refresh(jobId));
    if (happens(swarm.rates.topUp)) topUp(chance.pick(owners).uid);
  }

  async function cancel(jobId: string, triesLeft: number): Promise<void> {
    const ending = await world.processes.run("cancel", callLimits, async (deps) => {
      const job = await deps.jobs.get(jobId);
      if (job !== null) await cancelJob(deps, job, "owner");
    });
    if (ending !== "done" && triesLeft > 1) later(1_000, 20_000, () => cancel(jobId, triesLeft - 1));
  }

  async function refresh(jobId: string): Promise<void> {
    await world.processes.run("refresh", callLimits, async (deps) => {
      const job = await deps.jobs.get(jobId);
      if (job !== null) await refreshJob(deps, job, createRefreshGate());
    });
  }

  /** Clicked once, sent once or twice. */
  function topUp(uid: string): void {
    topUps += 1;
    const id = `top-up-${topUps}`;
    const entry = {
      id,
      uid,
      type: "grant",
      credits: 50,
      jobId: null,
      at: time.now(),
      note: "bought",
    } as const;
    const buy = async () => {
      await world.processes.run("top-up", callLimits, (deps) => deps.credits.grant(entry));
    };
    later(0, 10_000, buy);
    if (happens(0.5)) later(0, 10_000, buy);
  }

  function later(fromMs: number, untilMs: number, action: () => Promise<void>): void {
    busy += 1;
    time.at(time.now() + chance.between(fromMs, untilMs), () => {
      busy -= 1;
      void action();
    });
  }

  time.at(time.now(), arrive);
  return { areDone: () => busy === 0 && (created() >= jobs || wishes >= jobs * wishesPerJob) };
}

const picture = "https://media.example.com/portrait-1280x720.png";
const script = "Good morning. The paper boat has arrived, and everybody is well.";

function drawRequest(chance: Chance, requestId: string): Record<string, unknown> {
  const [first = "", ...others] = vendorIds;
  return {
    requestId,
    ...drawSubject(chance),
    aspectRatio: chance.pick(["16:9", "16:9", "9:16"]),
    ...(chance.happens(0.5) ? { providers: { prefer: [chance.pick([first, ...others])] } } : {}),
    ...(chance.happens(0.1) ? { deadlineSeconds: Math.round(chance.logBetween(300, 3_600)) } : {}),
  };
}

function drawSubject(chance: Chance): Record<string, unknown> {
  const prompt = "A paper boat drifts past a red lighthouse";
  switch (chance.below(8)) {
    case 0:
      return { kind: "avatar", script };
    case 1:
      return { kind: "avatar", script, image: picture };
    case 2:
      return { kind: "image", prompt, image: picture };
    case 3:
      return { kind: "frames", prompt, firstFrame: picture, lastFrame: picture };
    default:
      return { kind: "text", prompt, durationSeconds: chance.pick([4, 5, 8]) };
  }
}
