import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import axios, { type AxiosInstance, isAxiosError } from "axios";
import pRetry from "p-retry";
import { UnreachableError } from "../../domain/errors.js";

export interface HttpRequest {
  readonly method: "GET" | "POST" | "DELETE";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /**
   * May this call be sent again after a failure in between? Reads, and starts that carry a key
   * which the vendor honours. Never a start without one: each copy could be paid.
   */
  readonly repeatable: boolean;
}

export interface HttpResponse {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /**
   * An earlier copy of this request was sent and not answered, so a refusal of this copy does not
   * say what became of that one.
   */
  readonly unansweredBefore: boolean;
}

/** Sends one request. Throws `UnreachableError` when there was no answer; any answer returns. */
export interface HttpClient {
  send(request: HttpRequest): Promise<HttpResponse>;
}

/** A vendor's JSON answer is a few kilobytes; more than this is a fault, not an answer. */
const maxAnswerBytes = 2 * 1024 * 1024;
const timeoutMs = 30_000;
/** Short blips only. Longer waits belong to the queue, or retries would multiply. */
const retries = 2;

/** Errors that occur before the request leaves this machine. */
const notSentCodes = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "CERT_HAS_EXPIRED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "ERR_TLS_CERT_ALTNAME_INVALID",
]);
const timeoutCodes = new Set(["ECONNABORTED", "ETIMEDOUT"]);

/** One client for every vendor, and the only place where axios is used. */
export function createHttpClient(options: { minRetryDelayMs?: number } = {}): HttpClient {
  const instance = axios.create({
    timeout: timeoutMs,
    maxContentLength: maxAnswerBytes,
    maxBodyLength: maxAnswerBytes,
    maxRedirects: 0,
    proxy: false,
    responseType: "text",
    transformResponse: (text: string) => text,
    validateStatus: () => true,
  });
  return {
    send: (request) =>
      request.repeatable
        ? sendRepeatedly(instance, request, options.minRetryDelayMs ?? 250)
        : sendOnce(instance, request, freshConnections),
  };
}

interface Connections {
  readonly httpAgent: HttpAgent;
  readonly httpsAgent: HttpsAgent;
}

/** For calls that may be repeated: a connection that has died meanwhile costs one more copy. */
const keptConnections = connections(true);
/**
 * For the others. A kept connection may have been closed by the other side: what is sent into it
 * arrives nowhere, and looks as if its answer had been lost, which for a paid start means that
 * nobody knows whether it was paid. A new connection is either made, or known not to be.
 */
const freshConnections = connections(false);

function connections(keepAlive: boolean): Connections {
  const options = keepAlive ? { keepAlive, maxSockets: 64 } : { keepAlive };
  return { httpAgent: new HttpAgent(options), httpsAgent: new HttpsAgent(options) };
}

async function sendOnce(
  instance: AxiosInstance,
  request: HttpRequest,
  { httpAgent, httpsAgent }: Connections,
): Promise<HttpResponse> {
  try {
    const response = await instance.request<string>({
      method: request.method,
      url: request.url,
      httpAgent,
      httpsAgent,
      headers: { accept: "application/json", ...request.headers },
      ...(request.body === undefined ? {} : { data: request.body }),
      // A request that hangs after its headers would outlive the response timeout.
      signal: AbortSignal.timeout(timeoutMs * 2),
    });
    return {
      status: response.status,
      headers: Object.fromEntries(
        Object.entries(response.headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
      ),
      text: response.data ?? "",
      unansweredBefore: false,
    };
  } catch (error) {
    throw toUnreachable(error);
  }
}

async function sendRepeatedly(
  instance: AxiosInstance,
  request: HttpRequest,
  minRetryDelayMs: number,
): Promise<HttpResponse> {
  const copies = createCopies();
  try {
    return await pRetry(
      async () => {
        const response = await sendOnce(instance, request, keptConnections).catch(
          (error: UnreachableError) => {
            copies.failed(error);
            throw error;
          },
        );
        const answer = copies.answered(response);
        if (answer === null) throw new Error(`status ${response.status}`);
        return answer;
      },
      { retries, minTimeout: minRetryDelayMs, maxTimeout: 2_000, randomize: true },
    );
  } catch {
    return copies.outcome();
  }
}

/** The vendor's text and our headers (with the key) stay out of the message. */
function toUnreachable(error: unknown): UnreachableError {
  const code = isAxiosError(error) ? (error.code ?? "") : "";
  if (notSentCodes.has(code)) {
    return new UnreachableError(`no connection (${code})`, { sent: "no", code: "network" });
  }
  if (timeoutCodes.has(code) || code === "ERR_CANCELED") {
    return new UnreachableError("no answer in time", { sent: "maybe", code: "timeout" });
  }
  return new UnreachableError(`connection lost (${code || "unknown"})`, { sent: "maybe", code: "network" });
}

/** What is known of a request that is sent several times. The vendor may have acted on each copy. */
export interface Copies {
  /** The answer to give, or `null` when another copy may do better. */
  answered(response: HttpResponse): HttpResponse | null;
  failed(error: UnreachableError): void;
  /** When no further copy is sent: the last answer, or the error that says what is not known. */
  outcome(): HttpResponse;
}

const retryableStatuses = new Set([502, 503, 504]);

export function createCopies(): Copies {
  let unanswered: UnreachableError | undefined;
  let last: { readonly answer: HttpResponse } | { readonly error: UnreachableError } | undefined;
  return {
    answered(response) {
      const answer = { ...response, unansweredBefore: unanswered !== undefined };
      // A wait that the vendor names is longer than ours: it belongs to the queue.
      const isAskedToWait = "retry-after" in response.headers || "retry-after-ms" in response.headers;
      if (!retryableStatuses.has(response.status) || isAskedToWait) return answer;
      last = { answer };
      // The gateway stopped waiting; the work behind it may go on.
      if (response.status === 504) {
        unanswered = new UnreachableError("no answer in time", { sent: "maybe", code: "timeout" });
      }
      return null;
    },
    failed(error) {
      last = { error };
      if (error.sent === "maybe") unanswered = error;
    },
    outcome() {
      if (unanswered !== undefined) throw unanswered;
      if (last === undefined) throw new Error("no copy was sent");
      if ("error" in last) throw last.error;
      return last.answer;
    },
  };
}
