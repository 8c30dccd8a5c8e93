import { readFileSync } from "node:fs";

export interface Table {
  /** The heading above it. */
  readonly heading: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A page of `docs`, by its name. */
export function readPage(name: string): string {
  return readFileSync(new URL(`../../../docs/${name}`, import.meta.url), "utf8");
}

/** A file of `src`. */
export function readSource(path: string): string {
  return readFileSync(new URL(`../../src/${path}`, import.meta.url), "utf8");
}

export function tablesOf(page: string): Table[] {
  return page.split(/^#+ /m).flatMap((section) => {
    const [heading = ""] = section.split("\n", 1);
    return section
      .split("\n\n")
      .map((block) => block.split("\n").filter((line) => line.startsWith("|")))
      .filter((lines) => /^\|[-|]+\|$/.test(lines[1] ?? ""))
      .map(([header = "", , ...rows]) => ({ heading, header: cellsOf(header), rows: rows.map(cellsOf) }));
  });
}

/** The tables whose first column has this title; throws when there is none. */
export function tablesTitled(page: string, title: string): Table[] {
  const found = tablesOf(page).filter(({ header }) => header[0] === title);
  if (found.length === 0) throw new Error(`no table begins with "${title}"`);
  return found;
}

/** Everything that is set in code in a cell. */
export function codeIn(cell = ""): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code);
}

function cellsOf(line: string): string[] {
  return line
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());
}
