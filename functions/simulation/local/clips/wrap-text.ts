/**
 * Cuts a text into lines, after a separator where there is one in the second half of a line, so
 * that the groups of an id stay together.
 */
export function wrapText(text: string, charactersPerLine: number): string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest.length > charactersPerLine) {
    const separator = rest.slice(0, charactersPerLine).search(/[-_:/ ][^-_:/ ]*$/);
    const end = separator + 1 > charactersPerLine / 2 ? separator + 1 : charactersPerLine;
    lines.push(rest.slice(0, end).trimEnd());
    rest = rest.slice(end);
  }
  return [...lines, rest];
}
