// Runs jest; everything after `--` is passed on.
import { build, install, run } from "./setup.mjs";

install();
build();
const nodeOptions = "--experimental-vm-modules --disable-warning=ExperimentalWarning";
process.exit(
  run(process.execPath, ["node_modules/jest/bin/jest.js", ...process.argv.slice(2)], {
    show: true,
    mayFail: true,
    env: { NODE_OPTIONS: [process.env.NODE_OPTIONS, nodeOptions].filter(Boolean).join(" ") },
  }),
);
