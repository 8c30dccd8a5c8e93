import { RequestError } from "../../src/domain/errors.js";
import { cancelBatch } from "../../src/engine/batch/cancel-batch.js";
import { retryItem } from "../../src/engine/batch/retry-item.js";
import type { Deps } from "../../src/engine/deps.js";
import { cancelJob } from "../../src/engine/job/cancel-job.js";
import { retryVideo } from "../../src/engine/job/retry-video.js";
import { createRefreshGate, refreshJob } from "../../src/engine/poll/refresh-job.js";
import { drawOwner, drawWish, type Granted, type Wish } from "./requests.js";
import type { ChaosWorld } from "./world/world.js";

/** The people of one world: they ask for videos, click twice, lose patience and buy credits. */
export interface Users {
  /** Will nobody ask for anything more? */
  areDone(): boolean;
}

const callLimits = { timeoutMs: 300_000 };
/** Wishes that are refused, for want of credits or of a provider, are replaced by others so often. */
const wishesPerJob = 3;
/** Where everybody is refused, nobody goes on asking for long. */
const mostRefusals = 12;
const slowGapMs = 30_000;
const tries = 3;

export function inviteUsers(world: ChaosWorld, jobs: number): Users {
  const { chance, time, swarm, chronicle } = world;
  const { entries } = world.shared.catalogue;
  const modes = new Set(entries.flatMap(({ model }) => Object.keys(model.modes)));
  const granted = new Set<string>();
  let expected = 0;
  let wishes = 0;
  /** In a row. */
  let refusals = 0;
  let busy = 0;
  let topUps = 0;
  const happens = (rate: number) => chance.happens(rate);
  let isOver = false;

  function arrive(): void {
    isOver = expected >= jobs || wishes >= jobs * wishesPerJob || refusals >= mostRefusals;
    if (isOver) return;
    wishes += 1;
    const wish = drawWish(chance, swarm.shares, modes, `wish-${wishes}`);
    const clicks = happens(swarm.rates.doubleClick) ? 2 : 1;
    for (let click = 0; click < clicks; click += 1) void submit(wish, tries);
    // Who is refused waits: what is at its limit now is not in a minute.
    const gapMs = wishes < jobs && refusals === 0 ? swarm.arrivalMs / jobs : slowGapMs;
    time.at(time.now() + chance.exponential(gapMs), arrive);
  }

  async function submit(wish: Wish, triesLeft: number): Promise<void> {
    busy += 1;
    let result: Granted | null = null;
    const ending = await world.processes.run("submit", callLimits, (deps) =>
      unlessRefused(wish.caller.uid, async () => {
        result = await wish.submit(deps);
      }),
    );
    busy -= 1;
    if (ending !== "done" && triesLeft > 1) {
      // The answer was lost: the same again, as a client would.
      later(1_000, 20_000, () => submit(wish, triesLeft - 1));
    }
    if (result !== null) followUp(wish, result);
  }

  async function unlessRefused(uid: string, ask: () => Promise<unknown>): Promise<void> {
    try {
      await ask();
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      chronicle.note(`refused ${error.code}`);
      refusals += 1;
      if (error.code === "insufficient_credits") topUp(uid);
    }
  }

  function followUp(wish: Wish, result: Granted): void {
    refusals = 0;
    if (!granted.has(result.id)) {
      granted.add(result.id);
      expected += wish.weight;
    }
    const { rates } = swarm;
    const stop = () => insist("cancel", tries, (deps) => cancel(deps, result));
    if (happens(rates.cancel)) later(0, 600_000, stop);
    if (happens(rates.secondThoughts)) later(0, 6_000, stop);
    if (happens(rates.refresh))
      later(0, 900_000, () => insist("refresh", 1, (deps) => refresh(deps, result)));
    if (happens(rates.topUp)) topUp(drawOwner(chance).uid);
    if (result.type === "video" || !happens(rates.retry)) return;
    const clicks = happens(rates.doubleClick) ? 2 : 1;
    for (let click = 0; click < clicks; click += 1) {
      later(300_000, 2_400_000, () => insist("retry", tries, (deps) => retry(deps, wish, result)));
    }
  }

  /** A call whose answer is lost is made again, so often. */
  async function insist(
    name: string,
    triesLeft: number,
    verb: (deps: Deps) => Promise<unknown>,
  ): Promise<void> {
    const ending = await world.processes.run(name, callLimits, verb);
    if (ending !== "done" && triesLeft > 1) later(1_000, 20_000, () => insist(name, triesLeft - 1, verb));
  }

  async function cancel(deps: Deps, { type, id }: Granted): Promise<void> {
    const batch = type === "batch" ? await deps.batches.get(id) : null;
    if (batch !== null) await cancelBatch(deps, batch, "owner");
    const job = type === "batch" ? null : await deps.jobs.get(id);
    if (job !== null) await cancelJob(deps, job, "owner");
  }

  async function refresh(deps: Deps, { id }: Granted): Promise<void> {
    const job = await deps.jobs.get(id);
    if (job !== null) await refreshJob(deps, job, createRefreshGate());
  }

  async function retry(deps: Deps, { caller }: Wish, { type, id }: Granted): Promise<void> {
    await unlessRefused(caller.uid, async () => {
      if (type !== "batch") return retryVideo(deps, caller.uid, id);
      const batch = await deps.batches.get(id);
      for (const key of Object.keys(batch?.items ?? {})) {
        if (batch !== null) await retryItem(deps, caller, batch, key);
      }
      return null;
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
    const buy = () => insist("top-up", 1, (deps) => deps.credits.grant(entry));
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
  return { areDone: () => busy === 0 && isOver };
}
