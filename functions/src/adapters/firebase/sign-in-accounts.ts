import type { SignInAccounts } from "../../engine/ports/sign-in-accounts.js";

/** Not there, or named as no account here can be. */
const absent: ReadonlySet<unknown> = new Set(["auth/user-not-found", "auth/invalid-uid"]);

/** Accounts in Firebase Authentication; the client library is loaded with the first that goes. */
export function firebaseSignInAccounts(): SignInAccounts {
  return {
    async delete(uid) {
      const { getAuth } = await import("firebase-admin/auth");
      try {
        await getAuth().deleteUser(uid);
      } catch (error) {
        if (!(error instanceof Error && "code" in error && absent.has(error.code))) throw error;
      }
    },
  };
}

/** Where nobody signs in with an account: on a laptop any name will do. */
export const noSignInAccounts: SignInAccounts = { delete: async () => undefined };
