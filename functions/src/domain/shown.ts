const longestEcho = 40;

/** What somebody sent, in a form in which it can be repeated: short, and without what is not seen. */
export function shown(text: string, max: number = longestEcho): string {
  return cut(text, max).replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, "\ufffd");
}

/** The beginning of a text that is too long, without half of a character at its end. */
export function cut(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max - 1).replace(/\p{Cs}$/u, "")}…`;
}
