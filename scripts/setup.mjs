// Installs and builds what is missing or stale, so that every command works from a fresh clone.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
export const functionsDirectory = join(root, "functions");
/** The functions and what simulates the world around them, compiled. Never deployed: that is `lib`. */
export const buildDirectory = join(functionsDirectory, "build");

const oldestNode = [20, 19];
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1])) {
  console.error(`Node ${oldestNode.join(".")} or newer is needed; this is ${process.versions.node}.`);
  process.exit(1);
}

/** Runs a command in functions/, silently; on failure prints what it said and exits. */
export function run(command, args, options = {}) {
  const result = spawnSync(command, args, {
    cwd: functionsDirectory,
    encoding: "utf8",
    stdio: options.show ? "inherit" : "pipe",
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, npm_config_loglevel: "error", ...options.env },
  });
  if (result.status === 0 || options.mayFail) return result.status ?? 1;
  process.stderr.write(`${result.stdout ?? ""}${result.stderr ?? ""}`);
  console.error(`failed: ${command} ${args.join(" ")}${result.error ? ` (${result.error.message})` : ""}`);
  process.exit(result.status ?? 1);
}

export function install() {
  const lock = join(functionsDirectory, "package-lock.json");
  const marker = join(functionsDirectory, "node_modules", ".package-lock.json");
  if (existsSync(marker) && changedAt(marker) >= changedAt(lock)) return;
  console.error("Installing packages (once) …");
  run("npm", ["ci", "--no-audit", "--no-fund"]);
}

export function build() {
  const built = join(buildDirectory, "src", "index.js");
  const sources = [
    join(functionsDirectory, "tsconfig.json"),
    join(functionsDirectory, "tsconfig.build.json"),
    join(functionsDirectory, "tsconfig.simulation.json"),
    ...filesBelow(join(functionsDirectory, "src")),
    ...filesBelow(join(functionsDirectory, "simulation")),
  ];
  if (existsSync(built) && sources.every((file) => changedAt(file) <= changedAt(built))) return;
  rmSync(buildDirectory, { recursive: true, force: true });
  run(process.execPath, [join("node_modules", "typescript", "bin", "tsc"), "-p", "tsconfig.simulation.json"]);
}

function changedAt(file) {
  return statSync(file).mtimeMs;
}

function filesBelow(directory) {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}
