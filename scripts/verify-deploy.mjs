// Asks the official tools what they would deploy, and compares it with what is checked in:
// `npm run verify-deploy`. It needs no project and no account. Each check is a line that says what agrees,
// or what does not; more checks are more lines.
import { execFileSync } from "node:child_process";
import { readFileSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, join, relative } from "node:path";
import { toManifest } from "./manifest.mjs";
import { functionsDirectory, install, root, run } from "./setup.mjs";

const tools = createRequire(join(toolsDirectory(), "package.json"));
const projectId = "demo-verify";
const [config] = JSON.parse(readFileSync(join(root, "firebase.json"), "utf8")).functions;

/** Compiled code, what installs its libraries, and settings: of the project or of all. */
const deployed = /^(lib\/.*\.js(\.map)?|package(-lock)?\.json|\.env(\.[\w-]+)?)$/;

const checks = [
  ["functions", discoveryProblems],
  ["uploads", uploadProblems],
];

install();
// As the predeploy step does it, so that what is looked at is what would be sent.
run("npm", ["run", "build"]);
let isBroken = false;
for (const [name, problemsOf] of checks) {
  const { problems, summary } = await problemsOf();
  for (const problem of problems) console.error(`${name}: ${problem}`);
  if (problems.length === 0) console.log(`${name}: ${summary}`);
  isBroken ||= problems.length > 0;
}
// The tools leave a server's timer behind.
process.exit(isBroken ? 1 : 0);

/** Where npx has put the tools; it goes before everything else in the search path. */
function toolsDirectory() {
  for (const directory of (process.env.PATH ?? "").split(delimiter)) {
    try {
      const program = realpathSync(join(directory, "firebase"));
      return dirname(dirname(dirname(program)));
    } catch {
      // Not there.
    }
  }
  console.error("The official tools are not in the search path: npm run verify-deploy fetches them.");
  process.exit(1);
}

/** Functions as the tools understand them, with the parameters that they would ask for. */
async function discoveryProblems() {
  const { Delegate } = tools("./lib/deploy/functions/runtimes/node/index.js");
  const delegate = new Delegate(projectId, root, functionsDirectory, config.runtime);
  // Whatever Node is here: what is found does not depend on it.
  delegate._bin = process.execPath;
  const { endpoints } = await delegate.discoverBuild({}, { GCLOUD_PROJECT: projectId });
  const found = toFacts(endpoints);
  const file = join(functionsDirectory, "test", "deployment", "manifest.json");
  const expected = toFacts(JSON.parse(readFileSync(file, "utf8")));
  const names = [...new Set([...Object.keys(found), ...Object.keys(expected)])].sort();
  const problems = names
    .filter((name) => JSON.stringify(found[name]) !== JSON.stringify(expected[name]))
    .map((name) => `${name} is ${JSON.stringify(found[name])}, checked in is ${JSON.stringify(expected[name])}`);
  return { problems, summary: `${names.length} are what is checked in` };
}

/** The tools keep secrets with their project and one region as a list; what is left is compared whole. */
function toFacts(endpoints) {
  const facts = Object.entries(toManifest(endpoints)).map(([name, endpoint]) => {
    const { secretEnvironmentVariables = [], region, project: _, runtime: _runtime, ...rest } = endpoint;
    const secrets = secretEnvironmentVariables.map(({ key }) => key).sort();
    return [name, sorted({ ...rest, secrets, region: [region].flat() })];
  });
  return Object.fromEntries(facts);
}

function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const names = Object.keys(value).sort();
  return Object.fromEntries(names.map((name) => [name, sorted(value[name])]));
}

/** Files as the tools would pack them, beside what `npm run uploads` says. */
async function uploadProblems() {
  const { readdirRecursive } = tools("./lib/fsAsync.js");
  const own = ["firebase-debug.log", "firebase-debug.*.log", ".runtimeconfig.json"];
  const files = await readdirRecursive({
    path: functionsDirectory,
    ignoreStrings: [...config.ignore, ...own],
  });
  const packed = files.map(({ name }) => relative(functionsDirectory, name));
  const program = join(root, "scripts", "uploads.mjs");
  const told = execFileSync(process.execPath, [program], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  const listed = told.trim().split("\n");
  const strange = packed.filter((path) => !deployed.test(path));
  const problems = [
    ...strange.map((path) => `${path} would be packed and is no part of the functions`),
    ...packed.filter((path) => !listed.includes(path)).map((path) => `${path} would be packed and is not listed`),
    ...listed.filter((path) => !packed.includes(path)).map((path) => `${path} is listed and would not be packed`),
  ];
  return { problems, summary: `${packed.length} files are what npm run uploads lists` };
}
