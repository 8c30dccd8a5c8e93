import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { readPage, tablesTitled } from "./markdown.js";

const page = readPage("security.md");
const rows = tablesTitled(page, "row").flatMap((table) => table.rows);
/** So many attacks are numbered; further kinds have a letter for what they are about, and a number. */
const numbered = 57;
const lettered = { A: [1, 4], B: [5, 8], C: [9, 13], D: [14, 19] } as const;

interface Evidence {
  readonly file: string;
  /** Those of the groups that a test is in, and its own. */
  readonly titles: readonly string[];
}

/** Each test of a cell: `[file](../functions/file) “group › test”`. */
function evidenceIn(cell: string): Evidence[] {
  return [...cell.matchAll(/\[[^\]]+\]\(\.\.\/functions\/([^)]+)\) “([^”]+)”/g)].map(
    ([, file = "", sentence = ""]) => ({ file, titles: sentence.split(" › ") }),
  );
}

/** Titles of the tests and groups of a file, as they are written there: a text before a function. */
function titlesIn(file: string): ReadonlySet<string> {
  const source = readFileSync(file, "utf8");
  const titled = /(\.skip)?\(\s*(["`])((?:\\.|(?!\2)[^\\])*)\2,\s*(?:async\s*)?(?:\(|\w+[,)])/g;
  const active = [...source.matchAll(titled)].filter(([, skipped]) => skipped === undefined);
  return new Set(active.map(([, , , title = ""]) => title.replace(/\\(.)/g, "$1")));
}

/** What is named and is not there. */
function missingOf({ file, titles }: Evidence): string[] {
  if (!/\.(test|contract)\.ts$/.test(file) || !existsSync(file)) return [`${file} is no file of tests`];
  const known = titlesIn(file);
  return titles.filter((title) => !known.has(title)).map((title) => `${file} has no test “${title}”`);
}

describe("the page about security", () => {
  it("has every numbered attack once, in order", () => {
    const numbers = rows.map(([row = ""]) => row).filter((row) => /^\d+$/.test(row));
    expect(numbers).toEqual(Array.from({ length: numbered }, (_, index) => String(index + 1)));
  });

  it("has every further kind of attack, in order, and no other", () => {
    const expected = Object.entries(lettered).flatMap(([letter, [first, last]]) =>
      Array.from({ length: last - first + 1 }, (_, index) => `${letter}${first + index}`),
    );
    const kinds = rows.map(([row = ""]) => row).filter((row) => !/^\d+$/.test(row));
    expect(kinds.filter((kind, index) => kind !== kinds[index - 1])).toEqual(expected);
  });

  it("tells of every attack what happens, and names a test that shows it", () => {
    const bare = rows.filter(
      ([, attack = "", outcome = "", shown = ""]) =>
        attack === "" || outcome === "" || evidenceIn(shown).length !== shown.split("; [").length,
    );
    expect(bare).toEqual([]);
  });

  it("names only tests that there are", () => {
    expect(rows.flatMap(([, , , shown = ""]) => evidenceIn(shown).flatMap(missingOf))).toEqual([]);
  });

  it("is read by this test: a sentence that is not there is told", () => {
    const file = "test/documents/security.test.ts";
    expect(
      missingOf({ file, titles: ["the page about security", "names only tests that there are"] }),
    ).toEqual([]);
    expect(missingOf({ file, titles: ["names no test"] })).toEqual([`${file} has no test “names no test”`]);
    expect(missingOf({ file: "test/nowhere.test.ts", titles: [] })).toHaveLength(1);
    expect(missingOf({ file: "src/index.ts", titles: [] })).toHaveLength(1);
  });
});
