/**
 * In the place of a picture's address: where it lies in our own bucket. A link that opens a private file is
 * made for the one call that needs it, since whoever reads a document later could open it as well. Callers
 * cannot write this: their addresses have to begin with `https:`.
 */
const scheme = "stored:";

/** The reference to a file of ours, as requests and plans keep it. */
export function storedPicture(path: string): string {
  return scheme + path;
}

/** Where the file lies; `null` for an address that anybody can open. */
export function pathOfPicture(address: string): string | null {
  return address.startsWith(scheme) ? address.slice(scheme.length) : null;
}
