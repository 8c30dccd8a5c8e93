import { describe, expect, it } from "@jest/globals";
import { benchmarksPage, thisMachine } from "./benchmarks-page.js";
import { textTable } from "./text-table.js";

describe("docs/benchmarks.md", () => {
  it("names the date, the machine and the command of every number", () => {
    const bench = { name: "selection", about: "What it measures.", run: async () => ({}), table: () => "" };
    const table = textTable(["what", "ms"], [["one", "1.0"]]);
    const page = benchmarksPage([{ bench, table }], thisMachine(), { date: "2026-11-21", seed: 1 });
    expect(page).toContain(`2026-11-21 · seed 1 · Node ${process.versions.node}`);
    expect(page).toContain("`npm run bench -- selection`\n\nWhat it measures.\n\n| what |  ms |");
  });
});
