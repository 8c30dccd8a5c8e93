import { describe, expect, it } from "@jest/globals";
import { readCommand } from "./options.js";

const names = ["selection", "cold-start"];

describe("the bench command", () => {
  it("reads a name, a seed and the wish for JSON", () => {
    const command = readCommand(["selection", "--json", "--seed", "7"], names);
    expect(command).toEqual({ name: "selection", seed: 7, json: true, quick: false, write: false });
  });

  it("reads how much data is to be moved", () => {
    expect(readCommand(["selection", "--mb", "20"], names)).toMatchObject({ megabytes: 20 });
    expect(() => readCommand(["selection", "--mb", "many"], names)).toThrow("--mb");
  });

  it.each([[["nothing"]], [[]], [["selection", "cold-start"]]])("lists the names for %j", (args) => {
    expect(() => readCommand(args, names)).toThrow("the names are: selection, cold-start, all");
  });

  it("writes the page only for all benches in full size", () => {
    expect(readCommand(["all", "--write"], names).write).toBe(true);
    expect(() => readCommand(["selection", "--write"], names)).toThrow("whole page");
    expect(() => readCommand(["all", "--write", "--quick"], names)).toThrow("--quick");
  });
});
