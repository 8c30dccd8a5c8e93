import { describe, expect, it } from "@jest/globals";
import { drawSwarm, type Swarm } from "./swarm.js";
import { vendorIds } from "./world/vendors.js";

const swarms = Array.from({ length: 300 }, (_, index) => drawSwarm(index + 1, vendorIds));

/** What some worlds have and others have not. */
const traits: readonly (readonly [name: string, has: (swarm: Swarm) => boolean])[] = [
  ["scenes", ({ shares }) => shares.scene > 0],
  ["long videos", ({ shares }) => shares.long > 0],
  ["batches", ({ shares }) => shares.batch > 0],
  ["a converter", ({ converter }) => converter !== null],
  ["webhooks", ({ webhooks }) => webhooks],
  ["budgets of users", ({ policy }) => policy.budgets.user.usd !== null],
  ["budgets of the installation", ({ policy }) => policy.budgets.installation.usd !== null],
  ["visits of an administrator", ({ visitEveryMs }) => visitEveryMs !== null],
  ["a queue that does not create tasks", ({ queueTrouble }) => queueTrouble?.manner === "notCreated"],
  ["a queue whose tasks are not let in", ({ queueTrouble }) => queueTrouble?.manner === "notLetIn"],
  ["a queue that is dead for hours", ({ queueTrouble }) => queueTrouble?.manner === "dead"],
  ["a bucket with uniform access", ({ opensPictures }) => !opensPictures],
  ["pauses", ({ pauses }) => pauses.length > 0],
  ["a look at it months later", ({ isCleanedUp }) => isCleanedUp],
  ["hedges", ({ policy }) => policy.hedge.enabled],
  ["clocks that are off", ({ skewsMs }) => skewsMs.length > 1],
  ["an end of the day", ({ startsAt }) => new Date(startsAt).getUTCHours() === 23],
];

describe("the worlds of a swarm", () => {
  it.each(traits)("have %s here and there, and not everywhere", (_, has) => {
    const count = swarms.filter(has).length;
    expect(count).toBeGreaterThan(10);
    expect(count).toBeLessThan(swarms.length - 10);
  });

  it("know every fault, and have none of them everywhere", () => {
    for (const fault of Object.keys(swarms[0]?.rates ?? {}) as (keyof Swarm["rates"])[]) {
      const rates = swarms.map((swarm) => swarm.rates[fault]);
      expect({ fault, some: rates.some((rate) => rate > 0) }).toEqual({ fault, some: true });
      expect({ fault, none: rates.some((rate) => rate === 0) }).toEqual({ fault, none: true });
    }
  });
});
