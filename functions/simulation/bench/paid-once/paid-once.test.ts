import { beforeAll, describe, expect, it } from "@jest/globals";
import { type PaidOnceResult, paidOnce } from "./paid-once.js";

describe("the paid-once bench", () => {
  let result: PaidOnceResult;

  beforeAll(async () => {
    result = await paidOnce.run({ seed: 1, quick: true });
  });

  it.each(["heygen", "runway", "runware"] as const)("finds one paid start of ours at %s", (vendor) => {
    expect(result.ours[vendor]).toMatchObject({ lost: 1, busy: 1 });
  });

  it("sees ours repeat a start only where the vendor de-duplicates it", () => {
    expect(result.ours.runway.posts).toEqual({ lost: 1, busy: 1 });
    for (const { posts } of [result.ours.heygen, result.ours.runware]) {
      expect(posts).toEqual({ lost: 12, busy: 3 });
    }
  });

  it("does not hide that a job may begin again after a refusal", () => {
    for (const { job } of Object.values(result.ours)) expect(job).toEqual({ lost: 1, busy: 8 });
  });

  it("finds a paid start for every request of clients that repeat without a key", () => {
    expect(result.peers.runwaySdk).toEqual({ lost: 3, busy: 3, posts: { lost: 3, busy: 3 } });
    expect(result.peers.axiosRetry).toEqual({ lost: 4, busy: 4, posts: { lost: 4, busy: 4 } });
  });

  it("shows a line for each client", () => {
    expect(paidOnce.table(result).split("\n")).toHaveLength(7);
  });
});
