import { z } from "zod";

/** Recorded decisions that one call may look at; each is some kilobytes. */
const decisions = z.number().int().min(1).max(1_000).default(200);
const note = z.string().trim().min(1, "must say why").max(500);
/** Checked by the engine, against the catalogue as well. */
const policy = z.record(z.string(), z.unknown());
/** A provider or model id; unknown ones are refused with the list of those that are known. */
const target = z.string().min(1).max(100);

export const policyInput = z.strictObject({
  versions: z.number().int().min(1).max(100).default(20),
  decisions,
});

export const setPolicyInput = z.discriminatedUnion("action", [
  z.strictObject({ action: z.literal("publish"), policy, note, acceptWarnings: z.boolean().default(false) }),
  z.strictObject({ action: z.literal("rollback"), note }),
  z.strictObject({ action: z.literal("set_shadow"), policy }),
  z.strictObject({ action: z.literal("clear_shadow") }),
]);

export const dryRunInput = z.strictObject({ policy, decisions });

export const setProviderInput = z.discriminatedUnion("action", [
  z.strictObject({ action: z.enum(["on", "off", "drain"]), target }),
  z.strictObject({ action: z.enum(["isolate", "release"]), target }),
]);
