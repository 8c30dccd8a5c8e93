/** A callable turned the request down; `status` and `details` are those of the wire protocol. */
export class CallableError extends Error {
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
