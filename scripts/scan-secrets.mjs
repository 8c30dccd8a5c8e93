// No tracked file holds anything that looks like a key. Offline; part of `npm run check`.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./setup.mjs";

/** What keys look like, by whoever gives them out (formats as published, read 2026-11-30). */
const patterns = {
  "Google API key": /\bAIza[0-9A-Za-z_-]{35}\b/,
  "Google OAuth secret": /\bGOCSPX-[0-9A-Za-z_-]{28}\b/,
  "service account": /"private_key_id"\s*:\s*"[0-9a-f]{40}"/,
  "private key": /-----BEGIN (?:RSA |EC |OPENSSH )?PRIVATE KEY-----\s*[A-Za-z0-9+/=]{40}/,
  "Runway key": /\bkey_[0-9a-f]{128}\b/,
  "HeyGen key": /\bsk_V2_hgu_[0-9A-Za-z_]{30,}\b/,
  "AWS key": /\bAKIA[0-9A-Z]{16}\b/,
  "GitHub token": /\bgh[pousr]_[0-9A-Za-z]{36}\b/,
  "Slack token": /\bxox[abprs]-[0-9A-Za-z-]{20,}\b/,
  "npm token": /\bnpm_[0-9A-Za-z]{36}\b/,
  "a key set in an environment file": /^(?:HEYGEN_API_KEY|RUNWAYML_API_SECRET|RUNWARE_API_KEY|WEBHOOK_SECRET|HEYGEN_WEBHOOK_SECRET)=\S/m,
};

/** What kind of key a text holds, for each kind that it holds. */
export function secretsIn(text) {
  return Object.entries(patterns).flatMap(([name, pattern]) => (pattern.test(text) ? [name] : []));
}

if (process.argv[1]?.endsWith("scan-secrets.mjs")) {
  const files = execFileSync("git", ["ls-files", "-z"], { cwd: root, encoding: "utf8" }).split("\0");
  const found = files
    .filter((path) => path !== "")
    .flatMap((path) => secretsIn(readFileSync(join(root, path), "latin1")).map((name) => `${path}: ${name}`));
  for (const line of found) console.error(line);
  if (found.length > 0) process.exit(1);
  console.log(`${files.length - 1} tracked files, no key in them.`);
}
