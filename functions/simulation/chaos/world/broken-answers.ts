import type { HttpResponse } from "../../../src/providers/shared/http.js";
import type { Chance } from "../../kit/chance.js";

/** Answers that no vendor means: from proxies, from overload, from a bad day. */
export function answer(
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): HttpResponse {
  return { status, headers, text, unansweredBefore: false };
}

const page = "<html><body>Please wait</body></html>";

export function overloaded(status: number, chance: Chance): HttpResponse {
  return answer(status, chance.happens(0.5) ? page : '{"error":"Service temporarily unavailable"}');
}

/** Every way to say how long to wait, sensible or not. */
export function tooMany(chance: Chance, now: number): HttpResponse {
  const waits = [
    null,
    "7",
    "0.5",
    "-3",
    "86400",
    "",
    "soon",
    new Date(now + 20_000).toUTCString(),
    new Date(now - 3_600_000).toUTCString(),
  ];
  const wait = waits[chance.below(waits.length)] ?? null;
  return answer(429, '{"error":"Too many requests"}', wait === null ? {} : { "retry-after": wait });
}

/** An answer of the right status in which nothing can be believed. */
export function garbled(honest: HttpResponse, chance: Chance): HttpResponse {
  const text = honest.text;
  switch (chance.below(5)) {
    case 0:
      return answer(200, page);
    case 1:
      return answer(200, text.slice(0, Math.floor(text.length / 2)));
    case 2:
      return answer(200, "[".repeat(5_000));
    case 3:
      return answer(200, chance.pick(["null", "7", '"done"', "[]", "{}", ""]));
    default:
      return answer(honest.status, JSON.stringify(wrongTypes(parse(text))));
  }
}

/** The same answer with a word for its status that nobody has heard of. */
export function oddStatus(honest: HttpResponse): HttpResponse {
  return { ...honest, text: honest.text.replaceAll(/"status":"\w+"/g, '"status":"REFLECTING"') };
}

export function notFound(chance: Chance): HttpResponse & { readonly isVendors: boolean } {
  const isVendors = chance.happens(0.5);
  return { ...answer(404, isVendors ? '{"error":"Not found"}' : page), isVendors };
}

function wrongTypes(value: unknown): unknown {
  if (Array.isArray(value)) return { 0: value.map(wrongTypes) };
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, wrongTypes(member)]));
  }
  return typeof value === "number" ? String(value) : 7;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
