import { describe, expect, it } from "@jest/globals";
import { textTable } from "../kit/text-table.js";
import { benchmarksPage, thisMachine } from "./bench.js";

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
