import { describe, expect, it } from "@jest/globals";
import { readOptions } from "./options.js";

describe("the options of the chaos run", () => {
  it("are a swarm of 3000 jobs from seed 1 unless said otherwise", () => {
    const given = { mode: "swarm", jobs: 3_000, seed: 1, json: false, trace: false };
    expect(readOptions([])).toEqual(given);
    expect(readOptions(["--jobs", "60", "--seed", "9", "--trace", "--json"])).toEqual({
      ...given,
      jobs: 60,
      seed: 9,
      json: true,
      trace: true,
    });
  });

  it("choose one way of looking for trouble", () => {
    expect(readOptions(["--mutants"]).mode).toBe("mutants");
    expect(readOptions(["--crash-points"]).mode).toBe("crash-points");
    expect(() => readOptions(["--mutants", "--crash-points"])).toThrow(/one of them at a time/);
  });

  it.each([["--jobs", "many"], ["--seed", "0"], ["--jobs", "1.5"], ["--loud"]])("refuse %s %s", (...args) => {
    expect(() => readOptions(args)).toThrow();
  });
});
