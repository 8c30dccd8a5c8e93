import { withoutEnd } from "./styles.js";

/**
 * The single things in a negative prompt, in the caller's order and each once: where the model has
 * no field for them they are appended as far as there is room, and a list can be shortened.
 */
export function thingsToAvoid(negativePrompt: string): string[] {
  const found = new Map<string, string>();
  for (const item of negativePrompt.split(/[,;\r\n]/)) {
    const text = withoutEnd(item);
    if (!/[^\p{C}\p{Z}]/u.test(text)) continue;
    const key = text.toLowerCase();
    if (!found.has(key)) found.set(key, text);
  }
  return [...found.values()];
}
