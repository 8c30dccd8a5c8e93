/** A callable refused the request; `status` and `details` are those of the wire protocol. */
class CallableError extends Error {
  readonly status: string;
  readonly details: unknown;

  constructor(status: string, message: string, details: unknown) {
    super(message);
    this.name = "CallableError";
    this.status = status;
    this.details = details;
  }
}

/** Calls a callable function the way the client SDKs do. */
export async function call<Result>(
  baseUrl: string,
  name: string,
  data: unknown,
  token: string | null,
): Promise<Result> {
  const response = await fetch(`${baseUrl}/${name}`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ data }),
  });
  const answer = (await response.json()) as {
    result?: Result;
    error?: { status: string; message: string; details?: unknown };
  };
  if (answer.error !== undefined) {
    throw new CallableError(answer.error.status, answer.error.message, answer.error.details);
  }
  return answer.result as Result;
}

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
