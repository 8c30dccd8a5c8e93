/** HTTP status of each canonical code; a Google client turns `status` back into the gRPC number. */
const httpStatuses = {
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  INTERNAL: 500,
  UNIMPLEMENTED: 501,
} as const;

export class RpcError extends Error {
  readonly status: keyof typeof httpStatuses;

  constructor(status: RpcError["status"], message: string) {
    super(message);
    this.name = "RpcError";
    this.status = status;
  }
}

/** google.rpc.Status in the JSON form that Google's REST servers send. */
export function toErrorAnswer(error: unknown): { code: number; body: unknown } {
  const known = error instanceof RpcError ? error : new RpcError("INTERNAL", String(error));
  const code = httpStatuses[known.status];
  return { code, body: { error: { code, message: known.message, status: known.status } } };
}
