/** Who may sign in. */
export interface SignInAccounts {
  /** Ends the account and all its tokens; one that is not there is no error. */
  delete(uid: string): Promise<void>;
}
