import { describe, expect, it } from "@jest/globals";
import { exampleCatalogue, exampleModel } from "../__fixtures__/models.js";
import { textRequest } from "../__fixtures__/requests.js";
import { emptyHealth } from "../health/health.js";
import { defaultPolicy } from "../policy/policy.js";
import { select } from "./selection.js";

const now = Date.UTC(2026, 10, 21);
const priorities = ["low", "normal", "high"] as const;

function choose(priority: (typeof priorities)[number], running: number, concurrency: number | undefined) {
  const model = exampleModel(concurrency === undefined ? {} : { concurrency });
  const snapshot = { policy: defaultPolicy, health: { ...emptyHealth, running: { [model.id]: running } } };
  return select(exampleCatalogue([model]), textRequest({ priority }), snapshot, {
    now,
    profile: "balanced",
    deadlineAt: null,
    failed: [],
    budgetLeftUsdMicros: null,
  });
}

/** What becomes of a request of each priority at a model with these places, when so many are taken. */
function fates(running: number, concurrency: number | undefined) {
  return priorities.map((priority) => {
    const { winner, record } = choose(priority, running, concurrency);
    return winner === null ? record.decision.rejected[0]?.reason : "taken";
  });
}

describe("the places of a model", () => {
  it.each([
    [4, ["taken", "taken", "taken"]],
    [5, ["concurrency_reached", "taken", "taken"]],
    [8, ["concurrency_reached", "taken", "taken"]],
    [9, ["concurrency_reached", "concurrency_reached", "taken"]],
    [10, ["concurrency_reached", "concurrency_reached", "concurrency_reached"]],
  ])("of which %i of ten are taken are left to the more urgent", (running, expected) => {
    expect(fates(running, 10)).toEqual(expected);
  });

  it("are open to everybody when there is only one", () => {
    expect(fates(0, 1)).toEqual(["taken", "taken", "taken"]);
  });

  it("have no end where the vendor queues by itself", () => {
    expect(fates(1_000, undefined)).toEqual(["taken", "taken", "taken"]);
  });

  it("say when one may be free, so that a job of low priority waits instead of failing", () => {
    const { record } = choose("low", 5, 10);
    expect(record.decision.retryAt).toBe(now + 30_000);
  });
});
