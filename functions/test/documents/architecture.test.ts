import { readdirSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { codeIn, readPage, tablesTitled } from "./markdown.js";

const root = new URL("../../", import.meta.url);
const page = readPage("architecture.md");

function foldersIn(path: string, below = "src/"): string[] {
  return readdirSync(new URL(`${below}${path}`, root), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== "__fixtures__")
    .map(({ name }) => `${path}${name}`);
}

function named(title: string): string[] {
  return tablesTitled(page, title).flatMap(({ rows }) => rows.flatMap(([first]) => codeIn(first)));
}

describe("the page about the architecture", () => {
  it("names every folder of the source", () => {
    expect(named("folder").sort()).toEqual(foldersIn("").sort());
  });

  it("tells what is in every folder of domain, engine, adapters and entry points", () => {
    const folders = ["domain/", "engine/", "adapters/", "entrypoints/"].flatMap((path) => foldersIn(path));
    expect(named("inside").sort()).toEqual(folders.sort());
  });

  it("tells what is in every folder that is never deployed", () => {
    expect(named("simulated").sort()).toEqual(foldersIn("simulation/", "").sort());
  });
});
