import type { CreditAccount } from "../../domain/accounting/credits.js";
import { RequestError } from "../../domain/errors.js";
import type { Deps } from "../deps.js";
import { audit } from "./audit.js";

export interface CreditGrant {
  readonly uid: string;
  /** Below 0 takes back, at most what the balance has. */
  readonly credits: number;
  readonly note: string;
  /** The same twice grants once. */
  readonly requestId: string;
}

/** Gives credits to a user, or takes some back. Throws `RequestError`. */
export async function grantCredits(deps: Deps, actor: string, grant: CreditGrant): Promise<CreditAccount> {
  const { uid, credits, note, requestId } = grant;
  const id = `grant:${requestId}`;
  const account = await deps.credits.grant({
    id,
    uid,
    type: "grant",
    credits,
    jobId: null,
    at: deps.now(),
    note,
  });
  // Whichever line bears the id is the one that counted.
  const booked = await deps.credits.entry(uid, id);
  if (booked !== null && booked.credits !== credits) {
    throw new RequestError(
      "already_exists",
      `requestId: it granted ${booked.credits} credits before; choose another`,
      { field: "requestId", credits: booked.credits },
    );
  }
  await audit(deps, actor, "credits.granted", uid, { credits, note, requestId, balance: account.balance });
  return account;
}
