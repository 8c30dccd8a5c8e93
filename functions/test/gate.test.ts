import { describe, expect, it } from "@jest/globals";
import { lockProblems } from "../../scripts/audit-dependencies.mjs";
import { secretsIn } from "../../scripts/scan-secrets.mjs";

/** Put together here, so that the scan of this file finds none. */
const keys: readonly (readonly [string, string])[] = [
  ["Google API key", `AIza${"a".repeat(35)}`],
  ["Runway key", `key_${"0".repeat(128)}`],
  ["AWS key", `AKIA${"A".repeat(16)}`],
  ["GitHub token", `ghp_${"a".repeat(36)}`],
  ["private key", `-----BEGIN PRIVATE KEY-----\n${"A".repeat(64)}`],
  ["service account", `"private_key_id": "${"0".repeat(40)}"`],
  ["a key set in an environment file", `REGION=us\nRUNWARE_API_KEY${"="}abc`],
];

describe("the scan for secrets", () => {
  it.each(keys)("finds a %s", (name, key) => {
    expect(secretsIn(`text before\n${key}\ntext after`)).toEqual([name]);
  });

  it("finds nothing in words about keys", () => {
    expect(secretsIn("Set HEYGEN_API_KEY=\nwith firebase functions:secrets:set HEYGEN_API_KEY")).toEqual([]);
  });
});

describe("the audit of dependencies", () => {
  const sound = { version: "1.2.3", integrity: "sha512-abc", license: "MIT" };

  it.each<[string, object, string]>([
    ["no checksum", { integrity: undefined }, "has no SHA-512"],
    ["a weak checksum", { integrity: "sha1-abc" }, "has no SHA-512"],
    ["a range for a version", { version: "^1.2.3" }, "has no exact version"],
    ["an install script that nobody has agreed to", { hasInstallScript: true }, "runs a script at install"],
    ["a licence that obliges us", { license: "GPL-3.0" }, "its licence is GPL-3.0"],
    [
      "two licences of which one obliges us",
      { license: "MIT AND GPL-3.0" },
      "its licence is MIT AND GPL-3.0",
    ],
    ["no licence", { license: undefined }, "its licence is not named"],
  ])("names a package with %s", (_what, change, problem) => {
    const problems = lockProblems({ "node_modules/a/node_modules/b": { ...sound, ...change } }, {});
    expect(problems).toEqual([expect.stringContaining(`b: ${problem}`)]);
  });

  it("accepts a sound package, a choice of licences, and a script that is on the list", () => {
    const packages = {
      "": {},
      "node_modules/@a/b": sound,
      "node_modules/c": { ...sound, license: "(GPL-2.0 OR MIT)" },
      "node_modules/d": { ...sound, hasInstallScript: true },
    };
    expect(lockProblems(packages, { d: false })).toEqual([]);
  });
});
