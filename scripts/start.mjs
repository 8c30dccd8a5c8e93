import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build, buildDirectory, install } from "./setup.mjs";

install();
build();
await import(pathToFileURL(join(buildDirectory, "simulation", "local", "start.js")).href);
