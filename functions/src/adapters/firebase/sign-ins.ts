import { type Auth, FirebaseAuthError } from "firebase-admin/auth";

/** What a verified token says of its user. */
export interface SignIn {
  readonly uid: string;
  readonly signedInAt: number;
  /** Of a project whose users are divided among tenants. */
  readonly tenant: string | null;
}

/**
 * Tells whether an account may still act. A token says what was true when it was made, and is good
 * for an hour: of an account that is disabled, deleted or signed out everywhere it says too much.
 */
export function firebaseSignIns(auth: Auth): (signIn: SignIn) => Promise<boolean> {
  return async ({ uid, signedInAt, tenant }) => {
    const accounts = tenant === null ? auth : auth.tenantManager().authForTenant(tenant);
    const user = await accounts.getUser(uid).catch((error: unknown) => {
      if (error instanceof FirebaseAuthError && error.code === "auth/user-not-found") return null;
      throw error;
    });
    if (user === null || user.disabled) return false;
    return user.tokensValidAfterTime === undefined || signedInAt >= Date.parse(user.tokensValidAfterTime);
  };
}
