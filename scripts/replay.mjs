// Replays recorded decisions: `npm run replay -- --count N [--seed N] [--policy FILE] [--json]`.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build, buildDirectory, install } from "./setup.mjs";

install();
build();
await import(pathToFileURL(join(buildDirectory, "simulation", "replay", "main.js")).href);
