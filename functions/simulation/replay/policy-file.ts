import { readFileSync } from "node:fs";
import { type Policy, policySchema } from "../../src/domain/policy/policy.js";

export type PolicyFile =
  | { readonly status: "valid"; readonly policy: Policy }
  /** One line per problem, each with the path of the field. */
  | { readonly status: "invalid"; readonly problems: readonly string[] };

export function readPolicyFile(path: string): PolicyFile {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    return { status: "invalid", problems: [`${path}: ${error instanceof Error ? error.message : error}`] };
  }
  const parsed = policySchema.safeParse(content);
  if (parsed.success) return { status: "valid", policy: parsed.data };
  return {
    status: "invalid",
    problems: parsed.error.issues.flatMap((issue) => {
      if (issue.code !== "unrecognized_keys")
        return [`${issue.path.join(".") || "(policy)"}: ${issue.message}`];
      return issue.keys.map((key) => `${[...issue.path, key].join(".")}: unknown field`);
    }),
  };
}
