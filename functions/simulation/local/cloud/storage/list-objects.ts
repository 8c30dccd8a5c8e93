import { type StoredObject, toResource } from "./stored-object.js";

/**
 * One page of a bucket: `prefix`, `delimiter` (folders), `startOffset`, `endOffset`, `maxResults`
 * and `pageToken`. The token is the last name or folder of the page before.
 */
export function listObjects(
  objects: readonly StoredObject[],
  query: URLSearchParams,
  origin: string,
): unknown {
  const prefix = query.get("prefix") ?? "";
  const delimiter = query.get("delimiter") ?? "";
  const after = Buffer.from(query.get("pageToken") ?? "", "base64url").toString();
  const startOffset = query.get("startOffset") ?? "";
  const endOffset = query.get("endOffset");
  const size = Math.min(1_000, Number(query.get("maxResults")) || 1_000);
  const entries = new Map<string, StoredObject | undefined>();
  for (const object of objects) {
    if (!object.name.startsWith(prefix) || object.name < startOffset) continue;
    if (endOffset !== null && object.name >= endOffset) continue;
    const cut = delimiter === "" ? -1 : object.name.indexOf(delimiter, prefix.length);
    if (cut === -1) entries.set(object.name, object);
    else entries.set(object.name.slice(0, cut + delimiter.length), undefined);
  }
  const rest = [...entries].filter(([name]) => name > after);
  const shown = rest.slice(0, size);
  const last = shown.at(-1);
  const items = shown.flatMap(([, object]) => (object === undefined ? [] : [toResource(object, origin)]));
  const prefixes = shown.flatMap(([name, object]) => (object === undefined ? [name] : []));
  return {
    kind: "storage#objects",
    ...(items.length > 0 && { items }),
    ...(prefixes.length > 0 && { prefixes }),
    ...(rest.length > size && last && { nextPageToken: Buffer.from(last[0]).toString("base64url") }),
  };
}
