// What is installed is pinned, runs no script that nobody has agreed to, and has a licence that goes with
// ours. From the lock file alone, so offline; part of `npm run check`.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { functionsDirectory } from "./setup.mjs";

/** Licences of libraries that may be used in software under Apache 2.0. */
const allowedLicences = new Set([
  "0BSD",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "CC-BY-4.0",
  "CC0-1.0",
  "ISC",
  "MIT",
  "MIT-0",
  "MPL-2.0",
  "Python-2.0",
  "Unlicense",
  "Zlib",
]);

/** Packages whose lock entry names no licence, or one in other words; looked up in the package (2026-11-30). */
const lookedUp = { limiter: "MIT" };

/** What is wrong with a lock file, a sentence each. `scripts`: what package.json says of install scripts. */
export function lockProblems(packages, scripts) {
  return Object.entries(packages).flatMap(([path, entry]) => {
    if (path === "" || entry.link) return [];
    const name = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
    const problems = [];
    if (!/^sha512-/.test(entry.integrity ?? "")) problems.push(`${name}: has no SHA-512 in the lock file`);
    if (!/^\d+\.\d+\.\d+/.test(entry.version ?? "")) problems.push(`${name}: has no exact version`);
    if (entry.hasInstallScript && scripts[name] === undefined) {
      problems.push(`${name}: runs a script at install; allow or forbid it in allowScripts of package.json`);
    }
    const licence = lookedUp[name] ?? entry.license;
    if (!isAllowed(licence)) problems.push(`${name}: its licence is ${licence ?? "not named"}`);
    return problems;
  });
}

/** `A OR B` is allowed when one is, `A AND B` when all are. */
function isAllowed(licence = "") {
  const plain = licence.replace(/[()]/g, "");
  return plain.split(" OR ").some((choice) => choice.split(" AND ").every((one) => allowedLicences.has(one.trim())));
}

if (process.argv[1]?.endsWith("audit-dependencies.mjs")) {
  const read = (name) => JSON.parse(readFileSync(join(functionsDirectory, name), "utf8"));
  const { packages } = read("package-lock.json");
  const problems = lockProblems(packages, read("package.json").allowScripts ?? {});
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exit(1);
  console.log(`${Object.keys(packages).length - 1} locked packages: pinned, scripts agreed to, licences allowed.`);
}
