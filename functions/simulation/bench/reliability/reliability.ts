import { defaultPolicy, type Policy } from "../../../src/domain/policy/policy.js";
import { textTable } from "../../kit/figures.js";
import type { Bench } from "../bench.js";
import { type Delivery, plainPolicies, runPlain, toDelivery } from "./plain-policies.js";
import { runEngine } from "./run-engine.js";
import { createWorld } from "./world.js";

export interface ReliabilityResult {
  readonly jobs: number;
  readonly policies: Readonly<Record<keyof typeof plainPolicies | "ours" | "oursHedged", Delivery>>;
}

const meanGapMs = 10_000;
/** What the caller names; that is what a hedge makes room for. */
const deadlineSeconds = 900;
/** What is measured is who delivers, not what a day may cost. */
const uncapped: Policy = {
  ...defaultPolicy,
  budgets: { user: { usd: null, credits: null }, providers: {}, installation: { usd: null } },
};
const hedging: Policy = { ...uncapped, hedge: { enabled: true } };

export const reliability: Bench<ReliabilityResult> = {
  name: "reliability",
  about: [
    "Fractions of videos that are delivered within five, ten and fifteen minutes of the request, by a simulation in",
    "virtual time. Jobs arrive at random, one in ten seconds (Poisson), each with a deadline of fifteen minutes.",
    "",
    "Three synthetic providers with medians of 34, 105 and 152 seconds and long tails (P99 of 246, 388 and 540). Each is",
    "down 3.3 % of the time, independently, for 30 minutes on average: then 70 % of the starts are refused (503), 20 % are",
    "accepted and never finish, 10 % take three times as long. Otherwise 96.8 % succeed; half of the failures show within",
    "seconds, half when the video should be finished. All policies meet the same jobs, outages and draws.",
    "",
    "`single`, `retry3` and `fallback` make up to one, three and three attempts, at the fastest provider or at all three in",
    "turn, give each up after 360 seconds, and hear of every end at once. Ours is the engine itself over memory stores:",
    "its decisions, circuits, learned times, polls and transitions, with the built-in policy, and the same with hedging",
    "on. It pays for its poll times in P50. The catalogue's P50 and P90 are right, as nobody's are at first; one process",
    "sees all health at once; tasks run when they are due, no process dies, and no start stays unanswered.",
    "",
    "Paid: generations that are billed per delivered video; all that were accepted and did not fail by themselves, also",
    "those that were stopped or never ended. The margin is half the 95 % interval of the ten-minute column from fifty",
    "stretches of the run, since jobs of one outage fail together.",
  ].join("\n"),
  async run({ seed, quick }) {
    const jobs = quick ? 2_000 : 100_000;
    const world = createWorld(seed, jobs, meanGapMs);
    const plain = (name: keyof typeof plainPolicies) => toDelivery(runPlain(world, plainPolicies[name]));
    return {
      jobs,
      policies: {
        single: plain("single"),
        retry3: plain("retry3"),
        fallback: plain("fallback"),
        ours: toDelivery(await runEngine(world, uncapped, deadlineSeconds)),
        oursHedged: toDelivery(await runEngine(world, hedging, deadlineSeconds)),
      },
    };
  },
  table({ jobs, policies }) {
    const percent = (fraction: number) => `${(100 * fraction).toFixed(3)} %`;
    const row = (label: string, delivery: Delivery) => [
      label,
      percent(delivery.d5),
      percent(delivery.d10),
      `± ${percent(delivery.d10Margin)}`,
      percent(delivery.d15),
      delivery.paidPerDelivered.toFixed(3),
      delivery.p50Seconds.toFixed(1),
    ];
    return textTable(
      [`${jobs} jobs`, "5 min", "10 min", "margin", "15 min", "paid", "P50 s"],
      [
        row("one attempt", policies.single),
        row("three attempts at one provider", policies.retry3),
        row("one attempt at each of three", policies.fallback),
        row("ours", policies.ours),
        row("ours, hedged", policies.oursHedged),
      ],
    );
  },
};
