// Runs a benchmark: `npm run bench -- NAME [--json] [--seed N]`.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build, buildDirectory, install } from "./setup.mjs";

install();
build();
await import(pathToFileURL(join(buildDirectory, "simulation", "bench", "main.js")).href);
