import { textTable } from "../../kit/figures.js";
import type { Bench } from "../bench.js";
import type { CallTimes } from "./decision-time.js";
import { type DecisionTimes, measureDecisions } from "./decision-time.js";
import { countFlips, type FlipsResult } from "./flips.js";
import { measureRegret, type RegretResult } from "./regret.js";

export interface SelectionResult extends DecisionTimes {
  readonly flips: FlipsResult;
  readonly regret: RegretResult;
}

export const selection: Bench<SelectionResult> = {
  name: "selection",
  about: [
    "Decision: time of one `decide()` with its whole explanation (every candidate's factors, score and reason), each",
    "call timed alone in a warm process, over a thousand different questions and sets of facts from seeded traffic, most",
    "of whose candidates are scored; of seven rounds the one that the operating system interrupted least. Beside it a",
    "selection that awaits one candidate after the other, in memory, with fewer rules and no explanation, and the",
    "whole `select()` over the catalogue. No network and no database in any of them.",
    "",
    "Changed winners: three random candidates, then a fourth. If the fourth does not win, the winner among the three",
    "should stay. The published formulas of LLM Gateway (ratio to the pool's best) and OmniRoute (share of the pool's",
    "largest) against ours, on the same pools. The pools are synthetic (price $0.05–2, 20–300 s, spread 2–60 s,",
    "log-uniform), so the counts are about the formulas, not about anyone's traffic.",
    "",
    "Regret: a synthetic world of twelve models at three providers whose success, speed and price change and which",
    "fail for a while. Every policy sees published prices and the ends of its own jobs, when they end. A delivered video",
    "is worth $2 less its price, a minute of waiting costs $0.10, a failure is not billed; one start per job. The loss is",
    "the expected utility of the truly best model at that moment minus that of the chosen one. `priority` always takes",
    "the model that was truly best at the beginning. Ours runs with the built-in policy, which was not fitted to it.",
  ].join("\n"),
  async run({ seed, quick }) {
    return {
      ...(await measureDecisions(seed, quick)),
      flips: countFlips(quick ? 2_000 : 200_000, seed),
      regret: measureRegret(quick ? 500 : 20_000, quick ? 2 : 5, seed),
    };
  },
  table: (result) =>
    [decisionTable(result), flipsTable(result.flips), regretTable(result.regret)].join("\n\n"),
};

function decisionTable({ decision, oneByOne, selectUs, counts }: DecisionTimes): string {
  const cells = ({ p50Us, p99Us, interruptions }: CallTimes) => [
    p50Us.toFixed(1),
    p99Us.toFixed(1),
    String(interruptions),
  ];
  return textTable(
    [`microseconds, ${counts.calls} calls`, "p50", "p99", "interrupted"],
    [
      ["decide, 3 candidates", ...cells(decision.n3)],
      ["decide, 30 candidates", ...cells(decision.n30)],
      ["decide, 100 candidates", ...cells(decision.n100)],
      ["one by one, 3 candidates", ...cells(oneByOne.n3)],
      ["one by one, 30 candidates", ...cells(oneByOne.n30)],
      ["one by one, 100 candidates", ...cells(oneByOne.n100)],
      [`select, catalogue of ${selectUs.candidates}`, ...cells(selectUs)],
    ],
  );
}

function flipsTable({ pools, newcomerLost, ...flips }: FlipsResult): string {
  const row = (label: string, name: "ours" | "ratio" | "poolMax") => [
    label,
    String(newcomerLost[name]),
    String(flips[name]),
    `${((100 * flips[name]) / newcomerLost[name]).toFixed(2)} %`,
  ];
  return textTable(
    [`${pools} pools`, "newcomer lost", "winner changed", "share"],
    [row("ours", "ours"), row("LLM Gateway", "ratio"), row("OmniRoute", "poolMax")],
  );
}

function regretTable(regret: RegretResult): string {
  const row = (label: string, name: "ours" | "roundRobin" | "priority" | "ratio") => [
    label,
    regret[name].toFixed(4),
    regret.spread[name].toFixed(4),
  ];
  return [
    textTable(
      [`dollars lost per job, ${regret.jobs} jobs, ${regret.seeds} seeds`, "mean", "sd over seeds"],
      [
        row("ours", "ours"),
        row("LLM Gateway", "ratio"),
        row("static priority", "priority"),
        row("round-robin", "roundRobin"),
      ],
    ),
    `The oracle's own choices are worth ${regret.oracleUsd.toFixed(4)} dollars per job.`,
  ].join("\n\n");
}
