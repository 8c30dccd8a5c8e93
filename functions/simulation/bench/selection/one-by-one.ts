import type { CandidateFacts } from "../../../src/domain/selection/decision.js";
import type { SampleCase } from "./sample-cases.js";

/**
 * The usual first form of a selection: ask every provider in turn, await each answer, score, sort.
 * Here every answer is already in memory; with a database read behind each `await` it takes as many
 * milliseconds as there are candidates.
 */
export async function chooseOneByOne({ question, facts }: SampleCase): Promise<string | null> {
  const scored: { model: string; score: number }[] = [];
  for (const candidate of facts) {
    if (!(await isAvailable(candidate))) continue;
    const cost = await costOfCandidate(candidate);
    if (cost === null || (question.maxCostUsdMicros !== null && cost > question.maxCostUsdMicros)) continue;
    const health = await healthOf(candidate);
    scored.push({
      model: candidate.model,
      score: 0.5 * health + 0.3 / (1 + cost / 1e6) + 0.2 / (1 + candidate.p50Seconds / 60),
    });
  }
  return scored.sort((a, b) => b.score - a.score)[0]?.model ?? null;
}

async function isAvailable(candidate: CandidateFacts): Promise<boolean> {
  return candidate.unfit === null && candidate.providerSwitch === "on" && candidate.circuit === "closed";
}

async function costOfCandidate(candidate: CandidateFacts): Promise<number | null> {
  return candidate.costUsdMicros;
}

async function healthOf({ successes, failures }: CandidateFacts): Promise<number> {
  return (successes + 1) / (successes + failures + 1);
}
