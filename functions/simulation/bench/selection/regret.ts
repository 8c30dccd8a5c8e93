import { createChance } from "../../kit/chance.js";
import { mean, rounded, standardDeviation } from "../../kit/figures.js";
import {
  type Chooser,
  type Listing,
  ourChooser,
  ratioChooser,
  roundRobin,
  staticPriority,
} from "./choosers.js";
import { createWorld, drawOutcome, expectedUtility, type Outcome, type Truth } from "./world.js";

const names = ["ours", "roundRobin", "priority", "ratio"] as const;
type ChooserName = (typeof names)[number];

export interface RegretResult extends Record<ChooserName, number> {
  readonly jobs: number;
  readonly seeds: number;
  /** Standard deviation of the mean loss over the seeds. */
  readonly spread: Record<ChooserName, number>;
  /** Mean expected utility of the oracle's choice, in dollars: what a loss is to be compared with. */
  readonly oracleUsd: number;
  /** Jobs for which ours found no candidate; they count as worth nothing. */
  readonly withoutCandidate: number;
}

interface Loss {
  readonly meanUsd: number;
  readonly oracleUsd: number;
  readonly withoutCandidate: number;
}

export function measureRegret(jobs: number, seeds: number, firstSeed: number): RegretResult {
  const losses = { ours: [], roundRobin: [], priority: [], ratio: [] } as Record<ChooserName, Loss[]>;
  for (let index = 0; index < seeds; index += 1) {
    const seed = firstSeed * 1_000 + index;
    for (const name of names) losses[name].push(lossOf(createChooser(name, seed), jobs, seed));
  }
  const usd = (name: ChooserName) => losses[name].map((loss) => loss.meanUsd);
  const each = (value: (name: ChooserName) => number) => ({
    ours: value("ours"),
    roundRobin: value("roundRobin"),
    priority: value("priority"),
    ratio: value("ratio"),
  });
  return {
    ...each((name) => rounded(mean(usd(name)), 4)),
    jobs,
    seeds,
    spread: each((name) => rounded(standardDeviation(usd(name)), 4)),
    oracleUsd: rounded(mean(losses.ours.map((loss) => loss.oracleUsd)), 4),
    withoutCandidate: losses.ours.reduce((sum, loss) => sum + loss.withoutCandidate, 0),
  };
}

function createChooser(name: ChooserName, seed: number): Chooser {
  switch (name) {
    case "ours":
      return ourChooser();
    case "roundRobin":
      return roundRobin();
    case "priority":
      // The order that an administrator with perfect knowledge would have written down on the first day.
      return staticPriority(bestOf(createWorld(seed).at(0)).model);
    case "ratio":
      return ratioChooser(createChance(seed + 77));
  }
}

interface RunningJob {
  readonly listing: Listing;
  readonly outcome: Outcome;
  readonly endsAt: number;
}

const meanGapMs = 20_000;

/**
 * Sends every job where the policy says and compares its expected utility with that of the best
 * model at that moment. The policy learns how a job ended when it ends, not before.
 */
function lossOf(chooser: Chooser, jobs: number, seed: number): Loss {
  const world = createWorld(seed);
  const arrivals = createChance(seed + 13);
  const typical = new Map(world.at(0).map((truth) => [truth.model, truth.medianSeconds]));
  let running: RunningJob[] = [];
  let now = 0;
  let lost = 0;
  let oracle = 0;
  let withoutCandidate = 0;
  for (let job = 0; job < jobs; job += 1) {
    now += arrivals.exponential(meanGapMs);
    running = learnFrom(running, chooser, now);
    const truths = world.at(now);
    const listings = truths.map((truth) => toListing(truth, typical.get(truth.model) ?? truth.medianSeconds));
    const best = expectedUtility(bestOf(truths));
    oracle += best;
    const chosen = chooser.choose(listings, now, `job-${job}`);
    const index = listings.findIndex((candidate) => candidate.model === chosen);
    const listing = listings[index];
    const truth = truths[index];
    if (truth === undefined || listing === undefined) {
      withoutCandidate += 1;
      lost += best;
      continue;
    }
    lost += best - expectedUtility(truth);
    const outcome = drawOutcome(truth, createChance(seed * 1_000_003 + job));
    running.push({ listing, outcome, endsAt: now + outcome.seconds * 1_000 });
  }
  return { meanUsd: lost / jobs, oracleUsd: oracle / jobs, withoutCandidate };
}

function learnFrom(running: readonly RunningJob[], chooser: Chooser, now: number): RunningJob[] {
  const ended = running.filter((job) => job.endsAt <= now).sort((a, b) => a.endsAt - b.endsAt);
  for (const { listing, outcome, endsAt } of ended) chooser.learn(listing, outcome, endsAt);
  return running.filter((job) => job.endsAt > now);
}

function toListing({ model, provider, priceUsd }: Truth, typicalSeconds: number): Listing {
  return { model, provider, priceUsd, typicalSeconds };
}

function bestOf(truths: readonly Truth[]): Truth {
  return truths.reduce((best, truth) => (expectedUtility(truth) > expectedUtility(best) ? truth : best));
}
