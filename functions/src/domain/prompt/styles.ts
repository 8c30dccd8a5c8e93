/** The styles with a name of their own; every other style is the caller's own words. */
const styles: ReadonlyMap<string, string> = new Map([
  ["professional", "Clean, well-lit scene with subtle, steady movement."],
  ["friendly", "Warm light and a smooth, inviting camera."],
  ["energetic", "Vivid colours, dynamic angles and quick movement."],
]);

export function styleText(style: string): string {
  return styles.get(style.trim().toLowerCase()) ?? `Style: ${withoutEnd(style)}.`;
}

/** A free text that gets a full stop does not get two. */
export function withoutEnd(text: string): string {
  const trimmed = text.trim();
  return trimmed.endsWith(".") && !trimmed.endsWith("..") ? trimmed.slice(0, -1) : trimmed;
}
