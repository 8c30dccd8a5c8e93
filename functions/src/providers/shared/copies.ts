import { UnreachableError } from "../../domain/errors.js";
import type { HttpResponse } from "./http.js";

/** What is known of a request that may be sent in several copies, each of which could be acted upon. */
export interface Copies {
  /** The answer to give, or `null` when another copy may do better. */
  answered(response: HttpResponse): HttpResponse | null;
  failed(error: UnreachableError): void;
  /** When no further copy is sent: the last answer, or the error that says what is not known. */
  outcome(): HttpResponse;
}

const retryableStatuses = new Set([502, 503, 504]);

export function createCopies(): Copies {
  let unanswered: UnreachableError | undefined;
  let last: { readonly answer: HttpResponse } | { readonly error: UnreachableError } | undefined;
  return {
    answered(response) {
      const answer = { ...response, unansweredBefore: unanswered !== undefined };
      if (!retryableStatuses.has(response.status)) return answer;
      last = { answer };
      // A gateway that gave up waiting says nothing of the work behind it.
      if (response.status === 504) {
        unanswered = new UnreachableError("no answer in time", { sent: "maybe", code: "timeout" });
      }
      return null;
    },
    failed(error) {
      last = { error };
      if (error.sent === "maybe") unanswered = error;
    },
    outcome() {
      if (unanswered !== undefined) throw unanswered;
      if (last === undefined) throw new Error("no copy was sent");
      if ("error" in last) throw last.error;
      return last.answer;
    },
  };
}
