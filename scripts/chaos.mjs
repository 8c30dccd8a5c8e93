// Runs bad luck: `npm run chaos -- --jobs N [--seed S] [--trace] | --crash-points | --mutants [--json]`.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build, buildDirectory, install } from "./setup.mjs";

install();
build();
await import(pathToFileURL(join(buildDirectory, "simulation", "chaos", "main.js")).href);
