import { transformSync } from "esbuild";

/** Strips types for jest; checking them is tsc's work. */
export default {
  process(source, path) {
    return transformSync(source, {
      loader: "ts",
      format: "esm",
      target: "node20",
      sourcefile: path,
      sourcemap: "inline",
    });
  },
};
