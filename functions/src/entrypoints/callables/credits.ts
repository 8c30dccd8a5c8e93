import { z } from "zod";
import { checkCreditsNow } from "../../engine/admin/check-now.js";
import { grantCredits } from "../../engine/admin/grant-credits.js";
import { adminCallable, callable, noInput } from "./callable.js";

const ledgerLines = 50;

export const getCredits = callable({
  input: noInput,
  run: async (deps, { uid }) => {
    const [account, ledger, { policy }] = await Promise.all([
      deps.credits.account(uid),
      deps.credits.ledger(uid, ledgerLines),
      deps.snapshot(),
    ]);
    const balanceLow = account.balance < policy.credits.lowBalance;
    return { ...account, balanceLow, ledger: ledger.map(({ uid: _, ...line }) => line) };
  },
});

/** Idempotent by `requestId`. */
export const adminGrantCredits = adminCallable({
  input: z.strictObject({
    uid: z.string().regex(/^[^/]{1,128}$/, "is not a user id"),
    credits: z
      .number()
      .int()
      .min(-1_000_000_000)
      .max(1_000_000_000)
      .refine((credits) => credits !== 0, "must not be 0"),
    note: z.string().trim().min(1, "must say why").max(500),
    /** Becomes part of a document's id. */
    requestId: z.string().regex(/^[A-Za-z0-9_.:-]{1,128}$/, "may hold letters, digits and _ . : -"),
  }),
  run: (deps, { uid }, grant) => grantCredits(deps, uid, grant),
});

/** The daily check of every account, now. Only reads. */
export const adminCheckCredits = adminCallable({
  input: noInput,
  run: (deps, { uid }) => checkCreditsNow(deps, uid),
  options: { timeoutSeconds: 540 },
});
