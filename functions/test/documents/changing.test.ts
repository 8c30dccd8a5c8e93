import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { vendors } from "../../src/providers/index.js";
import { codeIn, readPage, tablesTitled } from "./markdown.js";

const page = readPage("changing.md");
const vendorIds = vendors.map(({ id }) => id);

const code = ["src", "simulation"].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts") && !/\.test\.ts$|__fixtures__/.test(path))
    .map((path) => join(folder, path)),
);

/** The files of the table with this title, as the page writes them. */
function listed(title: string): string[] {
  return tablesTitled(page, title).flatMap(({ rows }) => rows.flatMap(([first]) => codeIn(first)));
}

/** Files that are deployed and use a word, with a placeholder for the vendor. */
function deployedFilesWith(word: string): string[] {
  const whole = new RegExp(`\\b${word}\\b`);
  const vendor = new RegExp(`/(${vendorIds.join("|")})/`);
  const found = code
    .filter((path) => path.startsWith("src/") && whole.test(readFileSync(path, "utf8")))
    .map((path) => path.replace(vendor, "/<vendor>/"));
  return [...new Set(found)].sort();
}

describe("the page about changes", () => {
  it("names files and folders that exist", () => {
    const paths = ["vendor", "option", "callable", "schedule", "field"].flatMap(listed);
    const real = paths.flatMap((path) =>
      path.includes("<vendor>")
        ? vendorIds.map((id) => path.replace("<vendor>", id))
        : [path.replace("<family>", "credits")],
    );
    // Not every vendor's models need every file; at least one has it.
    expect(paths.length).toBeGreaterThan(10);
    expect(real.filter((path) => !existsSync(path))).toEqual([]);
  });

  it("is right that one deployed line and one simulated line name a vendor's folder", () => {
    const folder = new RegExp(`from "\\.\\.?/(?:[^"]*/)?(${vendorIds.join("|")})/`);
    const ofVendors = new RegExp(`^(src/providers|simulation/vendors)/(${vendorIds.join("|")})/`);
    const importers = code.filter((path) => !ofVendors.test(path) && folder.test(readFileSync(path, "utf8")));
    // The benches look at vendors' starts, beside other clients.
    expect(importers.filter((path) => !path.startsWith("simulation/bench/")).sort()).toEqual([
      "simulation/vendors/index.ts",
      "src/providers/index.ts",
    ]);
  });

  it("lists every file of an option that reaches the vendors, ten at most", () => {
    const files = deployedFilesWith("seed");
    expect(listed("option").sort()).toEqual(files);
    const withVendors = code.filter(
      (path) => path.startsWith("src/") && /\bseed\b/.test(readFileSync(path, "utf8")),
    );
    expect(withVendors.length).toBeLessThanOrEqual(10);
  });

  it("lists every file of a callable that brings nothing new to the engine", () => {
    expect(deployedFilesWith("getCredits")).toEqual(["src/entrypoints/callables/credits.ts", "src/index.ts"]);
    expect(listed("callable").map((path) => path.replace("<family>", "credits"))).toEqual(
      deployedFilesWith("getCredits"),
    );
  });

  it("is right that one file decides when an attempt is asked about", () => {
    const deciding = code.filter((path) =>
      /function (nextPollAt|decidePoll|lastPollAt)\b/.test(readFileSync(path, "utf8")),
    );
    expect(deciding).toEqual(listed("schedule"));
  });

  it("lists every file of a field that is stored, four at most", () => {
    expect(listed("field").sort()).toEqual(deployedFilesWith("redriveOf"));
    expect(listed("field").length).toBeLessThanOrEqual(4);
  });
});
