/**
 * An unsigned ID token, which the functions accept only under the emulator's own debug switch.
 * It is how the local cloud signs people in without an auth server.
 */
export function localToken(projectId: string, uid: string, claims: Record<string, unknown> = {}): string {
  const nowSeconds = Math.floor(Date.now() / 1_000);
  const payload = {
    iss: `https://securetoken.google.com/${projectId}`,
    aud: projectId,
    sub: uid,
    user_id: uid,
    iat: nowSeconds,
    exp: nowSeconds + 86_400,
    auth_time: nowSeconds,
    firebase: { identities: {}, sign_in_provider: "custom" },
    ...claims,
  };
  return `${encode({ alg: "none", typ: "JWT" })}.${encode(payload)}.`;
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
