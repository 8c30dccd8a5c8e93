/** gRPC codes that Google's clients put on their errors, as far as anything here depends on them. */
export const grpc = {
  deadlineExceeded: 4,
  notFound: 5,
  alreadyExists: 6,
  resourceExhausted: 8,
  failedPrecondition: 9,
  aborted: 10,
  unavailable: 14,
} as const;

export function grpcCode(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
