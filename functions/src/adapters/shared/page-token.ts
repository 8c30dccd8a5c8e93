import { z } from "zod";
import { RequestError } from "../../domain/errors.js";
import type { Job } from "../../domain/job/job.js";
import type { Page } from "../../engine/ports/job-store.js";

/** The last item of the page before: its place in the order, so that new jobs do not shift pages. */
export interface PagePosition {
  readonly createdAt: number;
  readonly jobId: string;
}

const position = z.tuple([z.number(), z.string().min(1)]);

export function toPageToken({ createdAt, jobId }: PagePosition): string {
  return Buffer.from(JSON.stringify([createdAt, jobId])).toString("base64url");
}

export function fromPageToken(token: string): PagePosition {
  try {
    const [createdAt, jobId] = position.parse(JSON.parse(Buffer.from(token, "base64url").toString()));
    return { createdAt, jobId };
  } catch {
    throw new RequestError("invalid_argument", "pageToken: pass the nextPageToken of an earlier page", {
      field: "pageToken",
    });
  }
}

/** A page from one item more than was asked for, which only tells that there is another page. */
export function toPage(jobs: readonly Job[], limit: number): Page<Job> {
  const items = jobs.slice(0, limit);
  const last = items.at(-1);
  const more = jobs.length > limit && last !== undefined;
  return { items, nextPageToken: more ? toPageToken({ createdAt: last.createdAt, jobId: last.id }) : null };
}
