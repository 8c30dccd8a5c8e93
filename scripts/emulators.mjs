// The functions in the official emulator: `npm run emulators`, and with `-- --test` one job from the callable
// to its file. npx puts the official tools into the search path.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build, buildDirectory, install, run } from "./setup.mjs";

install();
build();
// What the emulator loads, as a deployment would make it.
run("npm", ["run", "build"]);
await import(pathToFileURL(join(buildDirectory, "simulation", "local", "emulators.js")).href);
