// Every relative link in the documents points at something, the heading included; a link that is
// called after a file leads to that file; and every example is valid JSON.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { root } from "./setup.mjs";

const documents = [
  ...readdirSync(root).filter((name) => name.endsWith(".md")),
  ...readdirSync(join(root, "docs"), { recursive: true })
    .filter((name) => name.endsWith(".md"))
    .map((name) => join("docs", name)),
].map((name) => join(root, name));

function proseOf(file) {
  return readFileSync(file, "utf8").replace(/```[\s\S]*?```/g, "");
}

/** The names under which the headings of a document can be linked to, as GitHub makes them. */
function anchorsOf(file) {
  const used = new Map();
  return [...proseOf(file).matchAll(/^#+ (.+)$/gm)].map(([, heading]) => {
    const slug = heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_\- ]/gu, "")
      .replaceAll(" ", "-");
    const count = used.get(slug) ?? 0;
    used.set(slug, count + 1);
    return count === 0 ? slug : `${slug}-${count}`;
  });
}

/** What is wrong with a link; `null` when nothing is. */
function problemOf(file, label, target) {
  const [path, anchor] = target.split("#");
  const linked = path === "" ? file : join(dirname(file), path);
  if (!existsSync(linked)) return `${target} does not exist`;
  if (anchor !== undefined && !anchorsOf(linked).includes(anchor)) return `${target} has no such heading`;
  const name = label.replaceAll("`", "");
  if (/^[\w./-]+\.(ts|mjs|json|rules)$/.test(name) && !`/${path}`.endsWith(`/${name}`)) {
    return `${target} is not ${name}`;
  }
  return null;
}

const problems = [];
for (const file of documents) {
  for (const [, label, target] of proseOf(file).matchAll(/\[([^\]]*)\]\(([^)\s]+)\)/g)) {
    if (/^[a-z]+:/.test(target)) continue;
    const problem = problemOf(file, label, target);
    if (problem !== null) problems.push(`${relative(root, file)}: ${problem}`);
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
