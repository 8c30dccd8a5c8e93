import { parseRequest, type VideoRequest } from "../request/request.js";

/** A request that needs nothing but its prompt, with any field changed. */
export function textRequest(changes: Record<string, unknown> = {}): VideoRequest {
  return parseRequest({ kind: "text", prompt: "A paper boat on a river at dawn", ...changes });
}

export function avatarRequest(changes: Record<string, unknown> = {}): VideoRequest {
  return parseRequest({ kind: "avatar", script: "Welcome to our spring collection.", ...changes });
}
