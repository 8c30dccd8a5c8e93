// Everything that CI checks, in the order in which it fails fastest.
import { join } from "node:path";
import { build, functionsDirectory, install, root, run } from "./setup.mjs";

const bin = (name) => join(functionsDirectory, "node_modules", ".bin", name);
const steps = [
  ["format, lint and walls", () => run(bin("biome"), ["check", "--error-on-warnings", "."], { show: true })],
  ["types", () => run(bin("tsc"), ["-p", "tsconfig.json"], { show: true })],
  ["dead code", () => run(bin("knip"), [], { show: true })],
  ["secrets", () => run(process.execPath, [join(root, "scripts", "scan-secrets.mjs")], { show: true })],
  [
    "dependencies",
    () => run(process.execPath, [join(root, "scripts", "audit-dependencies.mjs")], { show: true }),
  ],
  ["documents", () => run(process.execPath, [join(root, "scripts", "check-documents.mjs")], { show: true })],
  ["tests", () => run(process.execPath, [join(root, "scripts", "test.mjs")], { show: true })],
  [
    "a real run",
    () => run(process.execPath, [join(root, "scripts", "start.mjs"), "--once"], { show: true }),
  ],
];

install();
build();
for (const [name, step] of steps) {
  console.log(`\n== ${name}`);
  step();
}
console.log("\nAll checks passed.");
