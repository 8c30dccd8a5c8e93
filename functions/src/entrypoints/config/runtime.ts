import type { Deps } from "../../engine/deps.js";

/** What the functions of one instance share. */
export interface Runtime {
  readonly deps: Deps;
  /** Days after which ended jobs are deleted. */
  readonly retentionDays: number;
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

/** Puts another runtime in place: memory stores, a clock moved by hand. */
export function useRuntime(deps: Deps, options: { retentionDays?: number } = {}): void {
  current = Promise.resolve({ deps, retentionDays: options.retentionDays ?? 90 });
}

async function createRuntime(): Promise<Runtime> {
  const [{ composeDeps }, { readConfiguration }] = await Promise.all([
    import("./compose.js"),
    import("./configuration.js"),
  ]);
  const configuration = readConfiguration(process.env);
  return { deps: await composeDeps(configuration), retentionDays: configuration.retentionDays };
}
