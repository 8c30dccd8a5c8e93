import { checkHealthNow } from "../engine/admin/check-now.js";
import { isolateProvider, listProviders, switchProvider } from "../engine/admin/manage-providers.js";
import { setProviderInput } from "./admin-inputs.js";
import { adminCallable } from "./callable.js";
import { noInput } from "./inputs.js";

export const adminProviders = adminCallable(noInput, (deps) => listProviders(deps));

export const adminSetProvider = adminCallable(setProviderInput, async (deps, { caller, input }) => {
  const { action, target } = input;
  if (action === "isolate" || action === "release") {
    await isolateProvider(deps, caller.uid, target, action === "isolate");
  } else await switchProvider(deps, caller.uid, target, action);
  return listProviders(deps);
});

/** Reads every provider's account now instead of with the next schedule. Never generates. */
export const adminRunHealthCheck = adminCallable(noInput, async (deps, { caller }) => ({
  providers: await checkHealthNow(deps, caller.uid),
}));
