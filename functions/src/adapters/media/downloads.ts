import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { Readable } from "node:stream";
import { type Download, DownloadError, type Downloads } from "../../engine/ports/downloads.js";
import { checkTarget, pinnedLookup, type ResolveHost, resolveHost, type Target } from "./address-guard.js";

export interface DownloadsOptions {
  /** Hosts, with or without port, that plain http may reach: where our own simulators run. */
  readonly loopbackHosts: readonly string[];
  readonly resolve?: ResolveHost;
  /** For the whole file. */
  readonly totalTimeoutMs?: number;
  /** Without a single byte. */
  readonly idleTimeoutMs?: number;
}

const maxRedirects = 3;
const redirectStatuses = new Set([301, 302, 303, 307, 308]);
/** A signed URL that has expired is answered with one of these. */
const expiredStatuses = new Set([401, 403, 404, 410]);

/**
 * Fetches finished files. A URL from a vendor's answer is untrusted: only https to the vendor's own
 * hosts, never to a private address, and each redirect is checked like the first URL.
 */
export function createDownloads(options: DownloadsOptions): Downloads {
  const { loopbackHosts, resolve = resolveHost } = options;
  const { totalTimeoutMs = 480_000, idleTimeoutMs = 60_000 } = options;

  async function follow(url: string, allowedHosts: readonly string[], signal: AbortSignal) {
    let target = await checkTarget(url, { allowedHosts, loopbackHosts, resolve });
    for (let redirects = 0; ; redirects += 1) {
      const response = await send(target, signal, idleTimeoutMs);
      const location = response.headers.location;
      if (!redirectStatuses.has(response.statusCode ?? 0) || location === undefined) return response;
      response.destroy();
      if (redirects === maxRedirects) throw new DownloadError("refused", "too many redirects");
      // Only a simulator may lead to a simulator.
      const reachable = target.loopback ? loopbackHosts : [];
      target = await checkTarget(toAbsolute(location, target.url), {
        allowedHosts,
        loopbackHosts: reachable,
        resolve,
      });
    }
  }

  return {
    async open(url, allowedHosts, limits = {}) {
      const timer = new AbortController();
      const stopTimer = setTimeout(() => timer.abort(), limits.totalTimeoutMs ?? totalTimeoutMs).unref();
      try {
        const response = await follow(url, allowedHosts, timer.signal);
        const download = toDownload(response);
        download.stream.once("close", () => {
          clearTimeout(stopTimer);
          response.destroy();
        });
        return download;
      } catch (error) {
        clearTimeout(stopTimer);
        throw error;
      }
    },
  };
}

function send(target: Target, signal: AbortSignal, idleTimeoutMs: number): Promise<IncomingMessage> {
  const { url, addresses, loopback } = target;
  return new Promise((resolve, reject) => {
    const request = (loopback ? httpRequest : httpsRequest)(
      url,
      {
        // No pool of connections: one of them may lead to an address that was not checked for this file.
        agent: false,
        lookup: pinnedLookup(addresses),
        headers: { accept: "*/*", "accept-encoding": "identity", "user-agent": "reelay" },
        timeout: idleTimeoutMs,
        signal,
      },
      resolve,
    );
    request.on("timeout", () => request.destroy(new Error("silent for too long")));
    request.on("error", (error) => {
      const code = "code" in error ? String(error.code) : error.message;
      reject(new DownloadError("unreachable", `${url.hostname} did not answer (${code})`));
    });
    request.end();
  });
}

function toDownload(response: IncomingMessage): Download {
  const status = response.statusCode ?? 0;
  if (status !== 200) {
    response.destroy();
    const reason = expiredStatuses.has(status) ? "expired" : "unreachable";
    throw new DownloadError(reason, `the file host answered ${status}`);
  }
  const encoding = response.headers["content-encoding"] ?? "identity";
  if (encoding !== "identity") {
    // Never decompressed: a few bytes can become gigabytes. We asked for the plain file.
    response.destroy();
    throw new DownloadError(
      "refused",
      `the file came packed as ${encoding.slice(0, 20).replace(/[^\w, -]/g, "?")}`,
    );
  }
  const announced = Number(response.headers["content-length"] ?? Number.NaN);
  const bytes = Number.isSafeInteger(announced) ? announced : null;
  return {
    stream: Readable.from(wholeBody(response, bytes), { objectMode: false }),
    contentType: response.headers["content-type"] ?? "application/octet-stream",
    bytes,
    ...(isEndMarked(response, bytes) ? {} : { endsUnmarked: true }),
  };
}

/** By its length or by a last chunk (RFC 9112, section 6.3); otherwise the end of the connection is the end. */
function isEndMarked({ headers }: IncomingMessage, bytes: number | null): boolean {
  return bytes !== null || /\bchunked\s*$/i.test(headers["transfer-encoding"] ?? "");
}

/** A body that ends early is an error here, not a short file. */
async function* wholeBody(response: IncomingMessage, announced: number | null): AsyncGenerator<Buffer> {
  let received = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      received += chunk.byteLength;
      yield chunk;
    }
  } catch {
    throw new DownloadError("incomplete", `the connection ended after ${received} bytes`);
  }
  if (announced !== null && received !== announced) {
    throw new DownloadError("incomplete", `${received} of ${announced} bytes arrived`);
  }
}

function toAbsolute(location: string, base: URL): string {
  return URL.canParse(location, base.href) ? new URL(location, base).href : location;
}
