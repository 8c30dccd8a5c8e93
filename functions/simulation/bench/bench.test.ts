import { describe, expect, it } from "@jest/globals";
import { textTable } from "../kit/figures.js";
import { benchmarksPage, readCommand, thisMachine } from "./bench.js";

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

describe("a page of benchmarks", () => {
  it("names the date, the machine and the command of every number", () => {
    const bench = { name: "selection", about: "What it measures.", run: async () => ({}), table: () => "" };
    const table = textTable(["what", "ms"], [["one", "1.0"]]);
    const machine = thisMachine();
    const page = benchmarksPage([{ bench, table }], machine, { date: "2026-11-21", seed: 1 });
    expect(page).toContain(`2026-11-21 · seed 1 · Node ${process.versions.node}`);
    expect(page).toContain(`${machine.cores} cores (${machine.processor}) · ${machine.memoryGb} GB`);
    expect(page).toContain("`npm run bench -- selection`\n\nWhat it measures.\n\n| what |  ms |");
  });
});
