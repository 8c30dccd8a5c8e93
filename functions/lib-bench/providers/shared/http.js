import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import axios, { isAxiosError } from "axios";
import pRetry from "p-retry";
import { UnreachableError } from "../../domain/errors.js";
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
const retryableStatuses = new Set([502, 503, 504]);
/** The only place where axios and p-retry are used: one client for every vendor. */
export function createHttpClient(options = {}) {
    const instance = axios.create({
        timeout: timeoutMs,
        maxContentLength: maxAnswerBytes,
        maxBodyLength: maxAnswerBytes,
        maxRedirects: 0,
        proxy: false,
        responseType: "text",
        transformResponse: (text) => text,
        validateStatus: () => true,
        httpAgent: new HttpAgent({ keepAlive: true, maxSockets: 64 }),
        httpsAgent: new HttpsAgent({ keepAlive: true, maxSockets: 64 }),
    });
    return {
        send: (request) => request.repeatable
            ? sendRepeatedly(instance, request, options.minRetryDelayMs ?? 250)
            : sendOnce(instance, request),
    };
}
async function sendOnce(instance, request) {
    try {
        const response = await instance.request({
            method: request.method,
            url: request.url,
            headers: { accept: "application/json", ...request.headers },
            ...(request.body === undefined ? {} : { data: request.body }),
            // A request that hangs after its headers would outlive the response timeout.
            signal: AbortSignal.timeout(timeoutMs * 2),
        });
        return {
            status: response.status,
            headers: Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name.toLowerCase(), String(value)])),
            text: response.data ?? "",
            unansweredBefore: false,
        };
    }
    catch (error) {
        throw toUnreachable(error);
    }
}
/**
 * A retryable answer that is still there after the last try is returned like any other, unless an
 * earlier copy went unanswered: then nobody knows, and that is what the caller is told.
 */
async function sendRepeatedly(instance, request, minRetryDelayMs) {
    let unanswered;
    let lastAnswer;
    try {
        return await pRetry(async () => {
            lastAnswer = undefined;
            const response = await sendOnce(instance, request).catch((error) => {
                if (error.sent === "maybe")
                    unanswered = error;
                throw error;
            });
            const answer = { ...response, unansweredBefore: unanswered !== undefined };
            if (!retryableStatuses.has(response.status))
                return answer;
            lastAnswer = answer;
            throw new Error(`status ${response.status}`);
        }, { retries, minTimeout: minRetryDelayMs, maxTimeout: 2_000, randomize: true });
    }
    catch (error) {
        if (unanswered !== undefined)
            throw unanswered;
        if (lastAnswer !== undefined)
            return lastAnswer;
        throw error;
    }
}
/** The vendor's text and our headers (with the key) stay out of the message. */
function toUnreachable(error) {
    const code = isAxiosError(error) ? (error.code ?? "") : "";
    if (notSentCodes.has(code)) {
        return new UnreachableError(`no connection (${code})`, { sent: "no", code: "network" });
    }
    if (timeoutCodes.has(code) || code === "ERR_CANCELED") {
        return new UnreachableError("no answer in time", { sent: "maybe", code: "timeout" });
    }
    return new UnreachableError(`connection lost (${code || "unknown"})`, { sent: "maybe", code: "network" });
}
//# sourceMappingURL=http.js.map