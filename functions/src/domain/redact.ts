// Text that others wrote never says what opens anything: it is kept in documents and logs that many can
// read. It is cut before it is searched, so the work does not grow with what was sent, and every search
// below looks at each character a fixed number of times.

/** The query of a URL is where tokens and signatures travel; fragments can hold them too. */
const queryStart = /[?#]|%3f|%23/i;
const bearerToken = /\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi;
/** `"api_key": "…"`, `token=…` */
const namedSecret =
  /\b((?:x-)?api[-_ ]?key|(?:access[-_]?)?token|secret|password|signature)("?\s?[:=]\s?"?)[^\s"',;&]+/gi;
/** Half a character: a cut leaves it behind, and databases do not take it. */
const loneSurrogate = /\p{Surrogate}+/gu;
const word = /[^\s"'<>]+/g;

/** A text without what opens anything, and no longer than `maxLength`. */
export function redact(text: string, maxLength: number): string {
  if (text.length <= maxLength) return withoutSecrets(text);
  const kept = cutAtWord(text, maxLength);
  // An address that was cut may have lost the sign by which its user is told apart from its host.
  const open = kept.search(/:\/\/[^\s/"'<>]*$/);
  return `${withoutSecrets(open === -1 ? kept : kept.slice(0, open + 3))}…`;
}

/** The same for what a vendor says, which may also hold tokens that no name gives away, and addresses of people. */
export function redactVendorText(text: string, maxLength: number): string {
  return redact(text, maxLength)
    .replace(/\w{32,}/g, (run) => (isToken(run) ? "…" : run))
    .replace(word, withoutMailbox);
}

/** Long, and with digits: the key or signature of somebody, and no word of a language. */
export function isToken(run: string): boolean {
  return run.length >= 32 && /\d/.test(run);
}

/** Half a secret at the end of a cut text is told apart from a word by nothing: the whole word goes. */
function cutAtWord(text: string, maxLength: number): string {
  const kept = text.slice(0, maxLength);
  if (/\s/.test(text.charAt(maxLength))) return kept;
  const end = kept.slice(-longestWord).search(/\s\S*$/);
  return end === -1 ? kept : kept.slice(0, kept.length - Math.min(longestWord, kept.length) + end);
}

/** What is longer than this is no word, and is cut where it may be. */
const longestWord = 100;

function withoutSecrets(text: string): string {
  return text
    .replace(bearerToken, "$1 …")
    .replace(word, withoutAddressSecrets)
    .replace(namedSecret, "$1$2…")
    .replace(loneSurrogate, "\ufffd");
}

function withoutAddressSecrets(text: string): string {
  const scheme = text.search(/:\/\/|:\\\/\\\/|%3a%2f%2f/i);
  if (scheme === -1 && !text.includes("=")) return text;
  const query = text.slice(Math.max(0, scheme)).search(queryStart);
  const place = query === -1 ? text : `${text.slice(0, Math.max(0, scheme) + query)}?…`;
  const at = scheme === -1 ? -1 : place.lastIndexOf("@");
  return at < scheme + 3 ? place : `${place.slice(0, scheme + 3)}…${place.slice(at)}`;
}

function withoutMailbox(text: string): string {
  const at = Math.max(text.lastIndexOf("@"), text.lastIndexOf("%40"));
  return at <= 0 || text.includes("://") ? text : `…${text.slice(at)}`;
}

/** Long enough that a text which has this many characters in common with another one quotes it. */
const quoteLength = 24;

/** A text without the passages that it has in common with another one, such as the prompt of a job. */
export function withoutQuotes(text: string, quoted: string): string {
  const length = Math.min(quoteLength, quoted.length);
  if (length < 4) return text;
  const passages = new Set<string>();
  for (let start = 0; start + length <= quoted.length; start += 1) {
    passages.add(quoted.slice(start, start + length));
  }
  const isQuoted = new Array<boolean>(text.length).fill(false);
  for (let start = 0; start + length <= text.length; start += 1) {
    if (passages.has(text.slice(start, start + length))) isQuoted.fill(true, start, start + length);
  }
  const characters = [...isQuoted.keys()].map((index) => {
    if (isQuoted[index] !== true) return text.charAt(index);
    return isQuoted[index - 1] === true ? "" : "…";
  });
  return characters.join("");
}
