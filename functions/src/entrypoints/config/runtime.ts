import type { SignIn } from "../../adapters/firebase/sign-ins.js";
import type { Deps } from "../../engine/deps.js";

/** What the functions of one instance share. */
export interface Runtime {
  readonly deps: Deps;
  /** Days after which ended jobs are deleted. */
  readonly retentionDays: number;
  /** Whether the account of a token that the platform has verified may still act. */
  isSignInValid(signIn: SignIn): Promise<boolean>;
}

let current: Promise<Runtime> | undefined;

/**
 * Built with the first call, not with the first import: loading Firestore and the vendors' client
 * is what a cold start would wait for. A failure is not kept, so the next call tries again.
 */
export function runtime(): Promise<Runtime> {
  current ??= createRuntime().catch((error: unknown) => {
    current = undefined;
    throw error;
  });
  return current;
}

/** Puts another runtime in place: memory stores, a clock moved by hand, no accounts but those of tokens. */
export function useRuntime(deps: Deps, options: Partial<Omit<Runtime, "deps">> = {}): void {
  current = Promise.resolve({ deps, retentionDays: 90, isSignInValid: async () => true, ...options });
}

async function createRuntime(): Promise<Runtime> {
  const [{ composeDeps, composeSignIns }, { readConfiguration }] = await Promise.all([
    import("./compose.js"),
    import("./configuration.js"),
  ]);
  const configuration = readConfiguration(process.env);
  return {
    deps: await composeDeps(configuration),
    retentionDays: configuration.retentionDays,
    isSignInValid: composeSignIns(configuration),
  };
}
