import { RequestError } from "../../src/domain/errors.js";
import { cancelBatch } from "../../src/engine/batch/batch.js";
import { retryItem } from "../../src/engine/batch/retry-item.js";
import type { Deps } from "../../src/engine/deps.js";
import { cancelJob } from "../../src/engine/job/cancel.js";
import { retryVideo } from "../../src/engine/job/retry.js";
import { createRefreshGate, refreshJob } from "../../src/engine/poll/refresh-job.js";
import { type AcceptedRequest, drawOwner, drawRequest, type UserRequest } from "./requests.js";
import type { ChaosWorld } from "./world/world.js";

/** The users of one world: they request videos, click twice, cancel, retry and buy credits. */
export interface Users {
  /** Have all requests been made? */
  areDone(): boolean;
}

const callLimits = { timeoutMs: 300_000 };
/** How many requests are made per job wanted: refused ones are replaced by others. */
const requestsPerJob = 3;
/** After so many refusals in a row the users stop. */
const mostRefusals = 12;
const slowGapMs = 30_000;
const tries = 3;

export function startUsers(world: ChaosWorld, jobs: number): Users {
  const { chance, time, swarm, eventLog } = world;
  const { entries } = world.shared.catalogue;
  const modes = new Set(entries.flatMap(({ model }) => Object.keys(model.modes)));
  const accepted = new Set<string>();
  let expected = 0;
  let requests = 0;
  /** In a row. */
  let refusals = 0;
  let busy = 0;
  let topUps = 0;
  const happens = (rate: number) => chance.happens(rate);
  let isOver = false;

  function arrive(): void {
    isOver = expected >= jobs || requests >= jobs * requestsPerJob || refusals >= mostRefusals;
    if (isOver) return;
    requests += 1;
    const request = drawRequest(chance, swarm.shares, modes, `request-${requests}`);
    const clicks = happens(swarm.rates.doubleClick) ? 2 : 1;
    for (let click = 0; click < clicks; click += 1) void submit(request, tries);
    // After a refusal the next request waits: a limit per minute may be free again by then.
    const gapMs = requests < jobs && refusals === 0 ? swarm.arrivalMs / jobs : slowGapMs;
    time.at(time.now() + chance.exponential(gapMs), arrive);
  }

  async function submit(request: UserRequest, triesLeft: number): Promise<void> {
    busy += 1;
    let result: AcceptedRequest | null = null;
    const ending = await world.processes.run("submit", callLimits, (deps) =>
      unlessRefused(request.caller.uid, async () => {
        result = await request.submit(deps);
      }),
    );
    busy -= 1;
    if (ending !== "done" && triesLeft > 1) {
      // The answer was lost: the same again, as a client would.
      later(1_000, 20_000, () => submit(request, triesLeft - 1));
    }
    if (result !== null) followUp(request, result);
  }

  async function unlessRefused(uid: string, ask: () => Promise<unknown>): Promise<void> {
    try {
      await ask();
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      eventLog.note(`refused ${error.code}`);
      refusals += 1;
      if (error.code === "insufficient_credits") topUp(uid);
    }
  }

  function followUp(request: UserRequest, result: AcceptedRequest): void {
    refusals = 0;
    if (!accepted.has(result.id)) {
      accepted.add(result.id);
      expected += request.weight;
    }
    const { rates } = swarm;
    const stop = () => callWithRetries("cancel", tries, (deps) => cancel(deps, result));
    if (happens(rates.cancel)) later(0, 600_000, stop);
    if (happens(rates.cancelEarly)) later(0, 6_000, stop);
    if (happens(rates.refresh))
      later(0, 900_000, () => callWithRetries("refresh", 1, (deps) => refresh(deps, result)));
    if (happens(rates.topUp)) topUp(drawOwner(chance).uid);
    if (result.type === "video" || !happens(rates.retry)) return;
    const clicks = happens(rates.doubleClick) ? 2 : 1;
    for (let click = 0; click < clicks; click += 1) {
      later(300_000, 2_400_000, () =>
        callWithRetries("retry", tries, (deps) => retry(deps, request, result)),
      );
    }
  }

  /** Repeats a call whose answer is lost, up to so many times. */
  async function callWithRetries(
    name: string,
    triesLeft: number,
    verb: (deps: Deps) => Promise<unknown>,
  ): Promise<void> {
    const ending = await world.processes.run(name, callLimits, verb);
    if (ending !== "done" && triesLeft > 1)
      later(1_000, 20_000, () => callWithRetries(name, triesLeft - 1, verb));
  }

  async function cancel(deps: Deps, { type, id }: AcceptedRequest): Promise<void> {
    const batch = type === "batch" ? await deps.batches.get(id) : null;
    if (batch !== null) await cancelBatch(deps, batch, "owner");
    const job = type === "batch" ? null : await deps.jobs.get(id);
    if (job !== null) await cancelJob(deps, job, "owner");
  }

  async function refresh(deps: Deps, { id }: AcceptedRequest): Promise<void> {
    const job = await deps.jobs.get(id);
    if (job !== null) await refreshJob(deps, job, createRefreshGate());
  }

  async function retry(deps: Deps, { caller }: UserRequest, { type, id }: AcceptedRequest): Promise<void> {
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
    const buy = () => callWithRetries("top-up", 1, (deps) => deps.credits.grant(entry));
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
