// Every relative link in the documents points at something, and every example is valid JSON.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { root } from "./setup.mjs";

const documents = [
  ...readdirSync(root).filter((name) => name.endsWith(".md")),
  ...readdirSync(join(root, "docs"), { recursive: true })
    .filter((name) => name.endsWith(".md"))
    .map((name) => join("docs", name)),
].map((name) => join(root, name));

const problems = [];
for (const file of documents) {
  const text = readFileSync(file, "utf8").replace(/```[\s\S]*?```/g, "");
  for (const [, target] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^[a-z]+:/.test(target) || target.startsWith("#")) continue;
    const path = join(dirname(file), target.split("#")[0]);
    if (!existsSync(path)) problems.push(`${relative(root, file)}: ${target} does not exist`);
  }
}
for (const name of readdirSync(join(root, "examples")).filter((file) => file.endsWith(".json"))) {
  try {
    JSON.parse(readFileSync(join(root, "examples", name), "utf8"));
  } catch (error) {
    problems.push(`examples/${name}: ${error.message}`);
  }
}

for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);
console.log(`${documents.length} documents, no broken link.`);
