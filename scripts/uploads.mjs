// Prints what `firebase deploy` uploads of functions/, a path a line, from the sources as they are now:
// `npm run uploads`. It matches as firebase-tools does (src/fsAsync.ts, read 2026-11-30): a pattern
// without a slash is compared with the name of every file and folder, at any depth.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { functionsDirectory, install, root, run } from "./setup.mjs";

const [{ ignore }] = JSON.parse(readFileSync(join(root, "firebase.json"), "utf8")).functions;
const deep = ignore.filter((pattern) => pattern.includes("/"));
if (deep.length > 0) {
  console.error(`firebase.json: ${deep.join(", ")} would match nothing, since paths are compared whole.`);
  process.exit(1);
}

const isIgnored = (name) => ignore.some((pattern) => toExpression(pattern).test(name));

/** Of a pattern that has no other sign than the star. */
function toExpression(pattern) {
  const parts = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`);
}

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (isIgnored(entry.name)) return [];
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}

install();
// Compiled aside, as the predeploy step would: a stale lib/ must not be taken for what is deployed.
const compiled = mkdtempSync(join(tmpdir(), "reelay-lib-"));
try {
  run(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json", "--outDir", compiled]);
  const own = filesBelow(functionsDirectory).map((path) => relative(functionsDirectory, path));
  const paths = [
    ...own.filter((path) => !path.startsWith("lib/")),
    ...filesBelow(compiled).map((path) => join("lib", relative(compiled, path))),
  ];
  for (const path of paths.sort()) console.log(path);
  const bytes = filesBelow(compiled).reduce((sum, path) => sum + statSync(path).size, 0);
  console.error(`${paths.length} files; lib is ${Math.round(bytes / 1024)} KB`);
} finally {
  rmSync(compiled, { recursive: true, force: true });
}
