import type { Chance } from "../../kit/chance.js";
import { outageOutcomes, secondsSigma, type Truth } from "./world.js";

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

/** Draws one outcome. Every policy meets the same luck for the same job. */
export function drawOutcome(truth: Truth, chance: Chance): Outcome {
  const luck = chance.next();
  const seconds = truth.medianSeconds * Math.exp(secondsSigma * chance.normal());
  if (!truth.down) {
    const ok = luck < truth.successProbability;
    return { ok, code: ok ? null : "processing_failed", seconds };
  }
  const { refused, stuck, slowFactor, refusalSeconds } = outageOutcomes;
  if (luck < refused) return { ok: false, code: "server_error", seconds: refusalSeconds };
  if (luck < refused + stuck) return { ok: false, code: "timeout", seconds: stuckSeconds };
  return { ok: true, code: null, seconds: seconds * slowFactor };
}
