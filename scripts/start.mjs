import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build, functionsDirectory, install } from "./setup.mjs";

install();
build();
await import(pathToFileURL(join(functionsDirectory, "lib", "local", "start.js")).href);
