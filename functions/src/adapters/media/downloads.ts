import { isUtf8 } from "node:buffer";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { connect as connectPlain } from "node:net";
import { Readable } from "node:stream";
import { connect as connectTls } from "node:tls";
import { type Download, DownloadError, type Downloads } from "../../engine/ports/downloads.js";
import { checkTarget, pinnedLookup, type ResolveHost, resolveHost, type Target } from "./address-guard.js";
import { readableHeads } from "./response-head.js";

export interface DownloadsOptions {
  /** Hosts, with or without port, that plain http may reach: where our own simulators run. */
  readonly loopbackHosts: readonly string[];
  readonly resolve?: ResolveHost;
  /** For the whole file. */
  readonly totalTimeoutMs?: number;
  /** Without a single byte. */
  readonly idleTimeoutMs?: number;
}

const maxRedirects = 10;
/** Signed URLs, cookies and policies make the head of an answer long: four times what Node reads by itself. */
const maxHeadBytes = 64 * 1024;
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
      if (redirects === maxRedirects) throw new DownloadError("refused", "too many redirects", true);
      // Only a simulator may lead to a simulator.
      const reachable = target.loopback ? loopbackHosts : [];
      target = await checkTarget(toAbsolute(asUtf8(location), target.url), {
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
  const { url, loopback } = target;
  return new Promise((resolve, reject) => {
    const request = (loopback ? httpRequest : httpsRequest)(
      url,
      {
        // No pool of connections: one of them may lead to an address that was not checked for this file.
        maxHeaderSize: maxHeadBytes,
        createConnection: () => readableHeads(connect(target).setTimeout(idleTimeoutMs), maxHeadBytes),
        headers: {
          // By itself Node would add a port, since the connection is ours; a signed URL may be signed with its host.
          host: url.host,
          accept: "*/*",
          "accept-encoding": "identity",
          "user-agent": "reelay",
        },
        timeout: idleTimeoutMs,
        signal,
      },
      resolve,
    );
    request.on("timeout", () => request.destroy(new Error("silent for too long")));
    request.on("error", (error) => {
      const code = "code" in error ? String(error.code) : error.message;
      // The parser's own errors: there was an answer.
      if (code.startsWith("HPE_")) {
        reject(
          new DownloadError("refused", `${url.hostname} gave no answer that can be read (${code})`, true),
        );
      } else reject(new DownloadError("unreachable", `${url.hostname} did not answer (${code})`));
    });
    request.end();
  });
}

/** To the addresses that were checked, and by the host's own name. */
function connect({ url, addresses, loopback }: Target) {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const lookup = pinnedLookup(addresses);
  if (loopback) return connectPlain({ host, port: Number(url.port || 80), lookup });
  return connectTls({ host, port: 443, lookup, servername: host, ALPNProtocols: ["http/1.1"] });
}

function toDownload(response: IncomingMessage): Download {
  const status = response.statusCode ?? 0;
  const announced = announcedBytes(response);
  const isWhole = status === 200 || (status === 206 && announced !== null && coversAll(response, announced));
  if (!isWhole) {
    response.destroy();
    const reason = expiredStatuses.has(status) ? "expired" : "unreachable";
    throw new DownloadError(reason, `the file host answered ${status}`);
  }
  const encoding = response.headers["content-encoding"] ?? "";
  if (isPacked(encoding)) {
    // Never decompressed: a few bytes can become gigabytes. We asked for the plain file.
    response.destroy();
    throw new DownloadError(
      "refused",
      `the file came packed as ${encoding.slice(0, 20).replace(/[^\w, -]/g, "?")}`,
      true,
    );
  }
  return {
    stream: Readable.from(wholeBody(response, announced), { objectMode: false }),
    contentType: response.headers["content-type"] ?? "application/octet-stream",
    bytes: announced,
    ...(isEndMarked(response, announced) ? {} : { endsUnmarked: true }),
  };
}

/** Registered packings (IANA, HTTP Content Coding Registry). `x-` stands for older names of them. */
const packings = new Set("gzip br deflate zstd compress dcb dcz exi pack200-gzip aes128gcm".split(" "));

/** Other words leave the file as it is: `identity`, `aws-chunked`, a character set, nothing at all. */
function isPacked(encoding: string): boolean {
  const words = encoding.split(",").map((word) => word.trim().toLowerCase());
  return words.some((word) => packings.has(word) || word.startsWith("x-"));
}

/** `null` where the server does not say. */
function announcedBytes({ headers }: IncomingMessage): number | null {
  const length = Number(headers["content-length"] ?? rangeOf(headers)?.total ?? Number.NaN);
  return Number.isSafeInteger(length) ? length : null;
}

/** Is the part that a server sends, though nobody asked for one, all of it? */
function coversAll({ headers }: IncomingMessage, announced: number): boolean {
  const range = rangeOf(headers);
  return range !== null && range.first === 0 && range.last + 1 === range.total && announced === range.total;
}

function rangeOf(headers: IncomingMessage["headers"]) {
  const found = /^\s*bytes\s+(\d+)-(\d+)\/(\d+)\s*$/i.exec(headers["content-range"] ?? "");
  return found === null ? null : { first: Number(found[1]), last: Number(found[2]), total: Number(found[3]) };
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

/** Node reads a head byte by byte; a host that does not encode its addresses writes them in UTF-8. */
function asUtf8(text: string): string {
  const bytes = Buffer.from(text, "latin1");
  return isUtf8(bytes) ? bytes.toString("utf8") : text;
}

function toAbsolute(location: string, base: URL): string {
  return URL.canParse(location, base.href) ? new URL(location, base).href : location;
}
