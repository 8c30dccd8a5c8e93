import { type Chance, createChance } from "../../kit/chance.js";

/** What is true of a model at one moment. No policy sees it; the oracle does. */
export interface Truth {
  readonly model: string;
  readonly provider: string;
  /** List price of one job. Published, so every policy that looks at prices knows it. */
  readonly priceUsd: number;
  readonly successProbability: number;
  /** Median time to a finished file; single jobs spread around it by a factor. */
  readonly medianSeconds: number;
  /** Out of service: what fails then, fails as in `outageOutcomes`. */
  readonly down: boolean;
}

/** Sigma of ln(seconds) of a single job. */
const secondsSigma = 0.35;

/** Of the jobs sent to a provider that is down: refused at once, accepted and never finished, slow but fine. */
const outageOutcomes = {
  refused: 0.7,
  stuck: 0.2,
  slow: 0.1,
  slowFactor: 3,
  refusalSeconds: 2,
} as const;

const providers = ["north", "east", "south"] as const;
const modelsPerProvider = 4;
const stepMs = 60_000;
const minutesPerDay = 1_440;

interface MutableModel {
  readonly model: string;
  readonly provider: string;
  priceUsd: number;
  logitSuccess: number;
  medianSeconds: number;
  slowFactor: number;
  slowUntil: number;
  downUntil: number;
}

export interface World {
  /** Moves on to `now`, which never goes back. */
  at(now: number): readonly Truth[];
}

/**
 * Twelve models at three providers that change by the minute: success and speed wander, a model slows
 * down about once a day and breaks about once in two days, a whole provider fails about once a day
 * (outages last 30 minutes on average), and a price changes about once in five days.
 */
export function createWorld(seed: number): World {
  const chance = createChance(seed);
  const models = providers.flatMap((provider) =>
    Array.from({ length: modelsPerProvider }, (_, index) => firstState(provider, index, chance)),
  );
  let time = 0;
  return {
    at(now) {
      for (; time + stepMs <= now; time += stepMs) {
        for (const provider of providers) {
          if (!chance.happens(1 / minutesPerDay)) continue;
          const until = time + chance.exponential(30 * 60_000);
          for (const model of models) if (model.provider === provider) model.downUntil = until;
        }
        for (const model of models) step(model, time, chance);
      }
      return models.map((model) => truthOf(model, now));
    },
  };
}

function firstState(provider: string, index: number, chance: Chance): MutableModel {
  return {
    model: `${provider}:${index + 1}`,
    provider,
    priceUsd: chance.logBetween(0.1, 1.5),
    logitSuccess: chance.between(2, 4),
    medianSeconds: chance.logBetween(25, 240),
    slowFactor: 1,
    slowUntil: 0,
    downUntil: 0,
  };
}

function step(model: MutableModel, time: number, chance: Chance): void {
  // Pulled back towards 95 %, so that no model wanders off for good.
  model.logitSuccess += 0.001 * (3 - model.logitSuccess) + 0.03 * chance.normal();
  model.medianSeconds = Math.min(400, Math.max(15, model.medianSeconds * Math.exp(0.004 * chance.normal())));
  if (chance.happens(1 / minutesPerDay)) {
    model.slowFactor = chance.between(2, 5);
    model.slowUntil = time + chance.exponential(60 * 60_000);
  }
  if (chance.happens(1 / (2 * minutesPerDay))) model.downUntil = time + chance.exponential(30 * 60_000);
  if (chance.happens(1 / (5 * minutesPerDay))) {
    model.priceUsd = Math.min(3, Math.max(0.05, model.priceUsd * chance.pick([0.6, 0.8, 1.25, 1.6])));
  }
}

function truthOf(model: MutableModel, now: number): Truth {
  return {
    model: model.model,
    provider: model.provider,
    priceUsd: model.priceUsd,
    successProbability: 1 / (1 + Math.exp(-model.logitSuccess)),
    medianSeconds: model.medianSeconds * (now < model.slowUntil ? model.slowFactor : 1),
    down: now < model.downUntil,
  };
}

/** How one job ended. */
export interface Outcome {
  readonly ok: boolean;
  /** `server_error`: refused at once; `timeout`: accepted, never finished; `processing_failed`: made badly. */
  readonly code: "server_error" | "timeout" | "processing_failed" | null;
  readonly seconds: number;
}

/** An accepted job of which nothing is heard is given up after this long, whoever chose. */
const stuckSeconds = 900;

const deliveredUsd = 2;
const waitingUsdPerSecond = 0.1 / 60;

/**
 * What an outcome is worth, fixed before any policy was run: a delivered video $2 less its price,
 * and every minute of waiting costs 10 cents, also when it ends in a failure, which is not billed.
 */
export function utility(outcome: Outcome, priceUsd: number): number {
  return (outcome.ok ? deliveredUsd - priceUsd : 0) - waitingUsdPerSecond * outcome.seconds;
}

/** Mean of `utility` over everything that can happen to a job that starts now. */
export function expectedUtility(truth: Truth): number {
  const meanSeconds = truth.medianSeconds * Math.exp(secondsSigma ** 2 / 2);
  if (truth.down) {
    const { refused, stuck, slow, slowFactor, refusalSeconds } = outageOutcomes;
    return (
      refused * utility({ ok: false, code: "server_error", seconds: refusalSeconds }, 0) +
      stuck * utility({ ok: false, code: "timeout", seconds: stuckSeconds }, 0) +
      slow * utility({ ok: true, code: null, seconds: meanSeconds * slowFactor }, truth.priceUsd)
    );
  }
  return truth.successProbability * (deliveredUsd - truth.priceUsd) - waitingUsdPerSecond * meanSeconds;
}

/** Draws one outcome. Every policy gets the same draws for the same job. */
export function drawOutcome(truth: Truth, chance: Chance): Outcome {
  const draw = chance.next();
  const seconds = truth.medianSeconds * Math.exp(secondsSigma * chance.normal());
  if (!truth.down) {
    const ok = draw < truth.successProbability;
    return { ok, code: ok ? null : "processing_failed", seconds };
  }
  const { refused, stuck, slowFactor, refusalSeconds } = outageOutcomes;
  if (draw < refused) return { ok: false, code: "server_error", seconds: refusalSeconds };
  if (draw < refused + stuck) return { ok: false, code: "timeout", seconds: stuckSeconds };
  return { ok: true, code: null, seconds: seconds * slowFactor };
}
