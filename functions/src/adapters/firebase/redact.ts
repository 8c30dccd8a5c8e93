const maxLength = 500;

/** The query of a URL is where tokens and signatures travel; fragments can hold them too. */
const urlSecret = /\b([a-z][a-z0-9+.-]*:\/\/[^\s?#"'<>]*)[?#][^\s"'<>]*/gi;
const urlCredentials = /\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@"'<>]+@/gi;
const bearerToken = /\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi;

/** A text for the log: without what opens anything, and no longer than a line should be. */
export function redact(text: string): string {
  const safe = text.replace(urlCredentials, "$1…@").replace(urlSecret, "$1?…").replace(bearerToken, "$1 …");
  return safe.length > maxLength ? `${safe.slice(0, maxLength)}…` : safe;
}
