import { describe, expect, it } from "@jest/globals";
import { readPage, readSource, tablesTitled } from "./markdown.js";

const rows = tablesTitled(readPage("glossary.md"), "word").flatMap((table) => table.rows);

/** Letters alone, as `startGuard`, `half_open` and "half-open" differ only in what joins them. */
function lettersOf(text: string): string {
  return text.toLowerCase().replace(/[^a-z]/g, "");
}

describe("the glossary", () => {
  it("is in order, and explains each word once", () => {
    const words = rows.map(([word = ""]) => word);
    expect(words.length).toBeGreaterThan(0);
    expect(words).toEqual([...new Set(words)].sort((one, other) => one.localeCompare(other, "en")));
  });

  it("names for each word files that use it", () => {
    const strange = rows.flatMap(([word = "", , files = ""]) => {
      const paths = [...files.matchAll(/\(\.\.\/functions\/src\/([^)]+)\)/g)].map(([, path = ""]) => path);
      const uses = paths.filter((path) => lettersOf(readSource(path)).includes(lettersOf(word)));
      return uses.length === paths.length && paths.length > 0 ? [] : [word];
    });
    expect(strange).toEqual([]);
  });
});
