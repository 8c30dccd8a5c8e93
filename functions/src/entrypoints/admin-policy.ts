import { publishPolicy, rollBackPolicy, setShadow } from "../engine/admin/manage-policy.js";
import { dryRunPolicy, readPolicy } from "../engine/admin/read-policy.js";
import { dryRunInput, policyInput, setPolicyInput } from "./admin-inputs.js";
import { adminCallable } from "./callable.js";

// A thousand decisions with all their facts are tens of megabytes.
const wide = { memory: "1GiB", timeoutSeconds: 120 } as const;

export const adminPolicy = adminCallable(policyInput, (deps, { input }) => readPolicy(deps, input), wide);

export const adminSetPolicy = adminCallable(setPolicyInput, async (deps, { caller, input }) => {
  switch (input.action) {
    case "publish":
      return publishPolicy(deps, caller.uid, input);
    case "rollback":
      return rollBackPolicy(deps, caller.uid, input.note);
    case "set_shadow":
      return { shadow: await setShadow(deps, caller.uid, input.policy) };
    case "clear_shadow":
      return { shadow: await setShadow(deps, caller.uid, null) };
  }
});

/** What a draft would have chosen in the latest decisions. */
export const adminDryRunPolicy = adminCallable(
  dryRunInput,
  (deps, { input }) => dryRunPolicy(deps, input),
  wide,
);
