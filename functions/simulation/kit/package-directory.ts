import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder `functions`, found from where this file lies: as source or compiled. */
export const functionsDirectory = folderWith("package.json", dirname(fileURLToPath(import.meta.url)));

/** The folder of the whole repository. */
export const rootDirectory = dirname(functionsDirectory);

function folderWith(file: string, folder: string): string {
  return existsSync(join(folder, file)) ? folder : folderWith(file, dirname(folder));
}
