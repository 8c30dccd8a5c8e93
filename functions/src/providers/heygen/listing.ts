import type { z } from "zod";
import { type Failure, UnreachableError } from "../../domain/errors.js";
import { isSuccess, parseJson, readAnswer } from "../shared/answer.js";
import type { HttpResponse } from "../shared/http.js";
import { toFailure } from "./failures.js";
import { readError } from "./wire-types.js";

export type Found<Item> =
  | { readonly status: "found"; readonly item: Item }
  | { readonly status: "none" }
  /** The vendor's account is refused: a start would be as well. */
  | { readonly status: "refused"; readonly failure: Failure };

/** A list of the vendor's, read page by page as far as it is needed and remembered by the instance. */
export interface Listing<Item> {
  find(fits: (item: Item) => boolean): Promise<Found<Item>>;
}

type PageSchema<Item> = z.ZodType<{
  data: Item[];
  has_more?: boolean | null | undefined;
  next_token?: string | null | undefined;
}>;

/** Lists have hundreds of entries; a list that never ends must not keep a start waiting. */
const maxPages = 20;

export function createListing<Item>(
  readPage: (token: string | null) => Promise<HttpResponse>,
  schema: PageSchema<Item>,
  now: () => number,
): Listing<Item> {
  const items: Item[] = [];
  let nextToken: string | null | undefined = null;
  let pages = 0;
  let reading: Promise<Failure | null> | undefined;

  /** What fails is asked again by the next start. */
  async function readNextPage(token: string | null): Promise<Failure | null> {
    const response = await readPage(token).catch(rethrowNotSent);
    if (!isSuccess(response) || readError(parseJson(response.text)) !== null) {
      return refusedListing(response, now());
    }
    const page = readNotSent(response, schema, now());
    items.push(...page.data);
    pages += 1;
    const isLast = page.has_more === false || !page.next_token || page.next_token === token;
    nextToken = isLast || pages >= maxPages ? undefined : page.next_token;
    return null;
  }

  return {
    async find(fits) {
      for (let index = 0; ; index += 1) {
        while (index >= items.length) {
          if (nextToken === undefined) return { status: "none" };
          reading ??= readNextPage(nextToken).finally(() => {
            reading = undefined;
          });
          const failure = await reading;
          if (failure !== null) return { status: "refused", failure };
        }
        const item = items[index] as Item;
        if (fits(item)) return { status: "found", item };
      }
    },
  };
}

function readNotSent<Item>(response: HttpResponse, schema: PageSchema<Item>, now: number) {
  try {
    return readAnswer(response, schema, now);
  } catch (error) {
    return rethrowNotSent(error);
  }
}

/** A bad key, an empty account or a limit would stop the start too; other errors are only about the list. */
function refusedListing(response: HttpResponse, now: number): Failure {
  const failure = toFailure(response, now);
  if (["authentication", "vendor_quota", "rate_limited"].includes(failure.code)) return failure;
  throw new UnreachableError(`no presenter list (status ${response.status})`, {
    sent: "no",
    code: response.status >= 500 ? "server_error" : "unknown",
    retryAfterMs: failure.retryAfterMs,
  });
}

/** The paid start is sent after the lists, so an error here means that it was not sent. */
function rethrowNotSent(error: unknown): never {
  if (!(error instanceof UnreachableError)) throw error;
  throw new UnreachableError(error.message, {
    sent: "no",
    code: error.code,
    retryAfterMs: error.retryAfterMs,
    cause: error,
  });
}
