import { readFileSync } from "node:fs";
import { policySchema } from "../domain/policy.js";
export function readPolicyFile(path) {
    let content;
    try {
        content = JSON.parse(readFileSync(path, "utf8"));
    }
    catch (error) {
        return { status: "invalid", problems: [`${path}: ${error instanceof Error ? error.message : error}`] };
    }
    const parsed = policySchema.safeParse(content);
    if (parsed.success)
        return { status: "valid", policy: parsed.data };
    return {
        status: "invalid",
        problems: parsed.error.issues.flatMap((issue) => {
            if (issue.code !== "unrecognized_keys")
                return [`${issue.path.join(".") || "(policy)"}: ${issue.message}`];
            return issue.keys.map((key) => `${[...issue.path, key].join(".")}: unknown field`);
        }),
    };
}
//# sourceMappingURL=policy-file.js.map