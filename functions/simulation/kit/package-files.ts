import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Plugin } from "esbuild";

/** The folder `functions`, found from where this file lies: as source or compiled. */
export const functionsDirectory = folderWith("package.json", dirname(fileURLToPath(import.meta.url)));

/** The folder of the whole repository. */
export const rootDirectory = dirname(functionsDirectory);

function folderWith(file: string, folder: string): string {
  return existsSync(join(folder, file)) ? folder : folderWith(file, dirname(folder));
}

/**
 * Where a worker finds its code. Compiled, it is the JavaScript file beside this one. Under jest
 * only TypeScript lies here, which no supported Node loads in a worker, so it is bundled in memory.
 */
export async function workerCode(compiled: URL): Promise<URL> {
  return existsSync(compiled) ? compiled : bundledCode(fileURLToPath(compiled).replace(/\.js$/, ".ts"));
}

/** TypeScript sources as one module in memory; packages stay outside and are named by their full address. */
export async function bundledCode(entry: string, plugins: readonly Plugin[] = []): Promise<URL> {
  const { build } = await import("esbuild");
  const result = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    platform: "node",
    format: "esm",
    target: "node20",
    plugins: [
      ...plugins,
      {
        name: "packages-by-address",
        setup({ onResolve, resolve }) {
          onResolve({ filter: /^[^./]/ }, async ({ path, kind, resolveDir, pluginData }) => {
            if (pluginData === "asked" || path.startsWith("node:")) return null;
            const found = await resolve(path, { kind, resolveDir, pluginData: "asked" });
            return found.path === "" ? found : { path: pathToFileURL(found.path).href, external: true };
          });
        },
      },
    ],
  });
  const code = Buffer.from(result.outputFiles[0]?.contents ?? "");
  return new URL(`data:text/javascript;base64,${code.toString("base64")}`);
}
