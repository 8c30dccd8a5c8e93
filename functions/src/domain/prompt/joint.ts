const sentenceEnds = ".!?…,;:。！？、؟।";

/** What stands between the caller's words and the first addition: a sentence is ended once. */
export function joint(prompt: string): string {
  const trimmed = prompt.trimEnd();
  if (trimmed.length < prompt.length) return "";
  return sentenceEnds.includes(trimmed.slice(-1)) ? " " : ". ";
}
