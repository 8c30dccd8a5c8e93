import { describe, expect, it } from "@jest/globals";
import { createWorld } from "./__fixtures__/world.js";

describe("probe", () => {
  it("runs", async () => {
    const world = createWorld();
    const job = await world.submit();
    await world.run(600);
    const done = await world.job(job.id);
    console.log(done.status, done.attempts.map((a) => [a.model, a.state, a.failure]), done.error, world.log.lines.map((l) => l.event), world.notifier.ended.length);
    console.log(done.attempts[0]?.decision.decision.ranked.map((r) => [r.model, r.score]));
  });
});
