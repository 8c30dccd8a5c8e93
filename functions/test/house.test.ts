import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { vendors } from "../src/providers/index.js";

const code = codeIn("src");

/** All files of a folder but its tests, by their paths in it. */
function codeIn(folder: string): readonly { readonly path: string; readonly text: string }[] {
  const root = join(process.cwd(), folder);
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !/\.(test|contract)\.ts$|__fixtures__/.test(path))
    .map((path) => ({ path: relative(root, path), text: readFileSync(path, "utf8") }));
}

/** Only what runs: words in comments may name a vendor to say where a fact is from. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|[^:])\/\/.*$/gm, "$1");
}

describe("the house", () => {
  it("names no vendor in code outside its folder and the catalogue", () => {
    const words = new RegExp(vendors.map((vendor) => vendor.id).join("|"), "i");
    const outside = code.filter(({ path }) => !path.startsWith("providers/"));
    const offenders = outside.filter(({ text }) => words.test(withoutComments(text)));
    expect(offenders.map(({ path }) => path)).toEqual([]);
  });

  it("puts the folders of the domain in an order in which each knows only those below it", () => {
    const imports = code.flatMap(({ path, text }) => {
      const [, from] = /^domain\/([^/]+)\//.exec(path) ?? [];
      return [...text.matchAll(/from "\.\.\/([^/"]+)\//g)].flatMap(([, to]) =>
        from === undefined ? [] : [{ from, to }],
      );
    });
    expect(imports.length).toBeGreaterThan(50);
    let above = imports;
    for (let size = Number.POSITIVE_INFINITY; above.length < size; ) {
      size = above.length;
      const open = new Set(above.map(({ from }) => from));
      above = above.filter(({ to = "" }) => open.has(to));
    }
    expect(above).toEqual([]);
  });

  it("deploys nothing of the simulation", () => {
    const offenders = code.filter(({ text }) => /(from|import)[ (]"[^"]*simulation\//.test(text));
    expect(offenders.map(({ path }) => path)).toEqual([]);
  });

  it("lets the programs of the simulation share a kit, and not each other", () => {
    const programs = ["bench", "chaos", "local", "replay"];
    const imports = codeIn("simulation").flatMap(({ path, text }) =>
      [...text.matchAll(/from "(\.[^"]*)"/g)].map(([, target = ""]) => ({
        from: path,
        to: join(path, "..", target),
      })),
    );
    expect(imports.length).toBeGreaterThan(200);
    const programOf = (path: string) => programs.find((program) => path.startsWith(`${program}/`));
    const offenders = imports.filter(({ from, to }) => {
      const imported = programOf(to);
      return imported !== undefined && imported !== programOf(from);
    });
    expect(offenders).toEqual([]);
  });

  it("takes no time and no chance of its own in domain and engine", () => {
    const own = /Date\.now\(|Math\.random\(|randomUUID|new Date\(\)|performance\.now/;
    const offenders = code.filter(
      ({ path, text }) => /^(domain|engine)\//.test(path) && own.test(withoutComments(text)),
    );
    expect(offenders.map(({ path }) => path)).toEqual([]);
  });

  it("reads the environment in one place of what is deployed", () => {
    const offenders = code.filter(
      ({ path, text }) =>
        /^(domain|engine|providers|adapters|entrypoints)\//.test(path) &&
        !path.startsWith("entrypoints/config/") &&
        /process\.env/.test(withoutComments(text)),
    );
    expect(offenders.map(({ path }) => path)).toEqual([]);
  });

  it.each(vendors.map((vendor) => vendor.id))("gives %s all the files of a vendor", (vendor) => {
    const files = code.map(({ path }) => path);
    for (const name of ["index", "models", "client", "mapping", "wire-types"]) {
      expect(files).toContain(join("providers", vendor, `${name}.ts`));
    }
    expect(existsSync(join("simulation", "vendors", vendor, "simulator.ts"))).toBe(true);
  });
});
