import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "@jest/globals";

const program = fileURLToPath(new URL("../../scripts/uploads.mjs", import.meta.url));

describe("what a deploy uploads", () => {
  const paths = execFileSync(process.execPath, [program], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  })
    .trim()
    .split("\n");

  it("is the compiled functions and what installs them", () => {
    const others = paths.filter((path) => !/^lib\/.*\.js(\.map)?$/.test(path));
    expect(others.sort()).toEqual([".env", "package-lock.json", "package.json"]);
    expect(paths).toContain("lib/index.js");
    expect(paths.filter((path) => path.startsWith("lib/domain/")).length).toBeGreaterThan(20);
  });

  it("has no simulator, bench, chaos run, local server, port in memory or test in it", () => {
    const strange = /simulat|chaos|bench|\/local\/|memory|\.test\.|\.contract\.|__fixtures__/;
    expect(paths.filter((path) => strange.test(path))).toEqual([]);
  });
});
