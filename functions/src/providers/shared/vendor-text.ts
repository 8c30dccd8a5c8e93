import { isToken, redactVendorText } from "../../domain/redact.js";
import type { HttpClient } from "./http.js";

// Where a vendor's words enter. They may repeat our key, the address of a file, a prompt or a person, in
// any field and at any length; what is kept of them is short, and opens nothing.

const longestDetail = 300;

/** A vendor's sentence, short enough to keep with an attempt. */
export function vendorDetail(text: string | null | undefined): string | undefined {
  return text ? redactVendorText(text, longestDetail).slice(0, longestDetail) : undefined;
}

/** `SAFETY.INPUT.TEXT`, `invalid_value:promptImage.0.uri`, `400644`. */
const codePattern = /^[A-Za-z0-9][\w.:[\]-]{0,79}$/;

/**
 * A vendor's own word for what went wrong. What is none is not kept, but that there was one is: with it
 * the vendor itself has spoken.
 */
export function vendorCode(word: string | null | undefined): string | undefined {
  if (!word) return undefined;
  const isCode = codePattern.test(word) && !word.split(/[.:[\]-]/).some(isToken);
  return isCode ? word : "unreadable";
}

/** A word for a status that nobody knows, for the log. */
export function vendorWord(word: string): string {
  return redactVendorText(word, 200)
    .replace(/[^\w.-]+/g, "?")
    .slice(0, 40);
}

/** An id becomes part of addresses, documents and logs: no vendor has longer ones, or other signs in them. */
const idPattern = /^[A-Za-z0-9_][\w.:-]{0,127}$/;

export function isVendorId(value: unknown): value is string {
  return typeof value === "string" && idPattern.test(value);
}

/** A shorter key is the stand-in of a test, and part of ordinary words. */
const shortestKey = 8;

/** Answers in which our own key does not stand: whatever a vendor repeats, nobody behind this line sees it. */
export function withoutKey(http: HttpClient, apiKey: string): HttpClient {
  if (apiKey.length < shortestKey) return http;
  const spellings = [apiKey, encodeURIComponent(apiKey), JSON.stringify(apiKey).slice(1, -1)];
  return {
    async send(request) {
      const response = await http.send(request);
      const text = spellings.reduce((rest, spelling) => rest.replaceAll(spelling, "…"), response.text);
      return { ...response, text };
    },
  };
}
