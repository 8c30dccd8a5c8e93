import { readFileSync } from "node:fs";
import { join } from "node:path";
import { functionsDirectory } from "../../kit/package-directory.js";
import { bundledCode } from "../../local/clips/worker-code.js";
import type { Edit, Mutant } from "./mutants.js";

/** A worker of the sources as they are, but for the edits of a mutant. Nothing is written to disk. */
export async function mutatedCode({ name, edits }: Mutant): Promise<URL> {
  const left = new Set(edits);
  const code = await bundledCode(join(functionsDirectory, "simulation", "chaos", "worker.ts"), [
    {
      name: "mutant",
      setup({ onLoad }) {
        onLoad({ filter: /\.ts$/ }, ({ path }) => {
          const own = edits.filter((edit) => join(functionsDirectory, edit.file) === path);
          if (own.length === 0) return null;
          for (const edit of own) left.delete(edit);
          return { contents: own.reduce(applyEdit, readFileSync(path, "utf8")), loader: "ts" };
        });
      },
    },
  ]);
  if (left.size > 0) throw new Error(`mutant "${name}": not all of its files are in use`);
  return code;
}

/** Throws when the guard is not there any more, or in more than one place. */
export function checkEdits({ name, edits }: Mutant): void {
  for (const edit of edits) {
    try {
      applyEdit(readFileSync(join(functionsDirectory, edit.file), "utf8"), edit);
    } catch (error) {
      throw new Error(`mutant "${name}": ${error instanceof Error ? error.message : "unreadable"}`);
    }
  }
}

function applyEdit(text: string, { file, find, replace }: Edit): string {
  const parts = text.split(find);
  if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} places like ${find}`);
  return parts.join(replace);
}
