import { callable } from "./callable.js";
import { noInput } from "./inputs.js";

const ledgerLines = 50;

export const getCredits = callable(noInput, async (deps, { caller }) => {
  const [account, ledger] = await Promise.all([
    deps.credits.account(caller.uid),
    deps.credits.ledger(caller.uid, ledgerLines),
  ]);
  return { ...account, ledger: ledger.map(({ uid: _, ...line }) => line) };
});
