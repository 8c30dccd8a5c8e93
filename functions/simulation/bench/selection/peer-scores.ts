/**
 * The published formulas of two routers, written from their documentation and source as read on
 * 2026-11-21. Only the factors in which candidates of a pool can differ here are present; factors
 * that are equal for all shift every score alike.
 */
export interface PeerCandidate {
  readonly priceUsd: number;
  readonly seconds: number;
  /** Spread of the finish times; only OmniRoute looks at it. */
  readonly secondsDeviation: number;
  /** Percent, 0 to 100; only LLM Gateway looks at it. */
  readonly uptimePercent: number;
}

/**
 * LLM Gateway (theopenco/llmgateway, docs `features/routing`): weighted ratios to the best value in
 * the pool, plus a penalty for low uptime; the lowest score wins. Videos are not streamed, so the
 * latency weight is 0 there and speed counts as throughput.
 */
export function ratioScores(pool: readonly PeerCandidate[]): number[] {
  const weights = { price: 0.6, uptime: 0.5, throughput: 0.05 };
  const total = weights.price + weights.uptime + weights.throughput;
  const cheapest = Math.min(...pool.map((candidate) => candidate.priceUsd));
  const fastest = Math.min(...pool.map((candidate) => candidate.seconds));
  const steadiest = Math.max(...pool.map((candidate) => candidate.uptimePercent));
  return pool.map(({ priceUsd, seconds, uptimePercent }) => {
    const ratios =
      weights.price * (priceUsd / cheapest - 1) +
      weights.uptime * (uptimePercent > 0 ? steadiest / uptimePercent - 1 : 1) +
      weights.throughput * (seconds / fastest - 1);
    return ratios / total + uptimePenalty(uptimePercent);
  });
}

/** 0 from 95 % on; 90 % → 0.07, 80 % → 0.62, 70 % → 1.73, 50 % → 5.61. */
export function uptimePenalty(uptimePercent: number): number {
  return uptimePercent >= 95 ? 0 : ((5 * (95 - uptimePercent)) / 95) ** 2;
}

/**
 * OmniRoute: inverse cost, latency and stability as shares of the pool's largest value; the highest
 * score wins. Its random draw among tiers is left out: it could only add changes of the winner.
 */
export function poolMaxScores(pool: readonly PeerCandidate[]): number[] {
  const dearest = Math.max(...pool.map((candidate) => candidate.priceUsd));
  const slowest = Math.max(...pool.map((candidate) => candidate.seconds));
  const widest = Math.max(...pool.map((candidate) => candidate.secondsDeviation));
  return pool.map(
    ({ priceUsd, seconds, secondsDeviation }) =>
      0.15 * (1 - priceUsd / dearest) +
      0.12 * (1 - seconds / slowest) +
      0.05 * (1 - secondsDeviation / widest),
  );
}

export function indexOfLowest(scores: readonly number[]): number {
  return scores.reduce((best, score, index) => (score < (scores[best] ?? score) ? index : best), 0);
}

export function indexOfHighest(scores: readonly number[]): number {
  return scores.reduce((best, score, index) => (score > (scores[best] ?? score) ? index : best), 0);
}
