import { z } from "zod";
import { RequestError } from "../../domain/errors.js";
import type { Page } from "../../engine/ports/job-store.js";

/** The last job or batch of the page before: its place in the order, so that new ones do not shift pages. */
interface PagePosition {
  readonly createdAt: number;
  readonly id: string;
}

const position = z.tuple([z.number(), z.string().min(1)]);

function toPageToken({ createdAt, id }: PagePosition): string {
  return Buffer.from(JSON.stringify([createdAt, id])).toString("base64url");
}

export function fromPageToken(token: string): PagePosition {
  try {
    const [createdAt, id] = position.parse(JSON.parse(Buffer.from(token, "base64url").toString()));
    return { createdAt, id };
  } catch {
    throw new RequestError("invalid_argument", "pageToken: pass the nextPageToken of an earlier page", {
      field: "pageToken",
    });
  }
}

/** A page from one item more than was asked for, which only tells that there is another page. */
export function toPage<Item extends PagePosition>(found: readonly Item[], limit: number): Page<Item> {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  const more = found.length > limit && last !== undefined;
  return { items, nextPageToken: more ? toPageToken(last) : null };
}
