import { readdirSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { codeIn, readPage, tablesTitled } from "./markdown.js";

const source = new URL("../../src/", import.meta.url);
const page = readPage("architecture.md");

function foldersIn(path: string): string[] {
  return readdirSync(new URL(path, source), { withFileTypes: true })
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

  it("tells what is in every folder of domain, engine and adapters", () => {
    const folders = ["domain/", "engine/", "adapters/"].flatMap(foldersIn);
    expect(named("inside").sort()).toEqual(folders.sort());
  });
});
