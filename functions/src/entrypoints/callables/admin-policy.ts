import { z } from "zod";
import { publishPolicy, rollBackPolicy, setShadow } from "../../engine/admin/manage-policy.js";
import { dryRunPolicy, readPolicy } from "../../engine/admin/read-policy.js";
import { adminCallable } from "./callable.js";

/** Recorded decisions that one call may look at; each is some kilobytes. */
const decisions = z.number().int().min(1).max(1_000).default(200);
const note = z.string().trim().min(1, "must say why").max(500);
/** Checked by the engine, against the catalogue as well. */
const policy = z.record(z.string(), z.unknown());

// A thousand decisions with all their facts are tens of megabytes.
const wide = { memory: "1GiB", timeoutSeconds: 120 } as const;

export const adminPolicy = adminCallable({
  input: z.strictObject({ versions: z.number().int().min(1).max(100).default(20), decisions }),
  run: (deps, _caller, input) => readPolicy(deps, input),
  options: wide,
});

export const adminSetPolicy = adminCallable({
  input: z.discriminatedUnion("action", [
    z.strictObject({
      action: z.literal("publish"),
      policy,
      note,
      acceptWarnings: z.boolean().default(false),
    }),
    z.strictObject({ action: z.literal("rollback"), note }),
    z.strictObject({ action: z.literal("set_shadow"), policy }),
    z.strictObject({ action: z.literal("clear_shadow") }),
  ]),
  run: async (deps, { uid }, input) => {
    switch (input.action) {
      case "publish":
        return publishPolicy(deps, uid, input);
      case "rollback":
        return rollBackPolicy(deps, uid, input.note);
      case "set_shadow":
        return { shadow: await setShadow(deps, uid, input.policy) };
      case "clear_shadow":
        return { shadow: await setShadow(deps, uid, null) };
    }
  },
});

/** What a draft would have chosen in the latest decisions. */
export const adminDryRunPolicy = adminCallable({
  input: z.strictObject({ policy, decisions }),
  run: (deps, _caller, input) => dryRunPolicy(deps, input),
  options: wide,
});
