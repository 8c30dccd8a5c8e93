// Runs bad luck: `npm run chaos -- --jobs N [--seed S] [--trace] | --crash-points | --mutants [--json]`.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build, functionsDirectory, install } from "./setup.mjs";

install();
build();
await import(pathToFileURL(join(functionsDirectory, "lib", "chaos", "main.js")).href);
